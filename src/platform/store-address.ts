/**
 * An address without its user's password, and without options, which may hold one too; for messages and logs. A password that
 * should have been percent-encoded may hold `/`, `?` or `@`: everything before the last `@` goes.
 */
export function withoutSecrets(url: string): string {
  return url.replace(/^(mongodb(?:\+srv)?:\/\/)(?:.*@)?/s, '$1').replace(/\?.*$/s, '');
}
