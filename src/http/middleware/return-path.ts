/**
 * An address to return to: a path of this hub, or the fallback. Whatever a browser could read as another host
 * (`//host`, `/\host`, a scheme, control characters) is not a path of this hub.
 */
export function returnPath(value: unknown, issuer: string, fallback = '/'): string {
  if (typeof value !== 'string' || value.length > 2_000) return fallback;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tabs and line ends inside addresses.
  if (!/^\/(?![/\\])/.test(value) || /[\u0000-\u001f\\]/.test(value)) return fallback;
  if (!URL.canParse(value, issuer)) return fallback;
  const url = new URL(value, issuer);
  // `/.//host` is a path here and becomes `//host` once its dots are resolved.
  if (url.origin !== new URL(issuer).origin || url.pathname.startsWith('//')) return fallback;
  return `${url.pathname}${url.search}`;
}
