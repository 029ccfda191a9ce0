import { provisioningSecrets } from '#domain/provisioning/settings.ts';

type Group = Readonly<Record<string, unknown>>;

/** `provisioning` for showing: secrets go in by the form and never come out. */
export function withoutSecrets<T extends object>(settings: T & { readonly provisioning?: object | undefined }): T {
  const { provisioning } = settings;
  if (provisioning === undefined) return settings;
  const shown = Object.entries(provisioning).filter(([name]) => !isSecret(name));
  return { ...settings, provisioning: Object.fromEntries(shown) };
}

/**
 * What was typed, with the secrets that were not: they are kept for the same connector at the same address alone, so that
 * nobody can have a secret that they do not know sent to an address of theirs.
 */
export function withKeptSecrets(typed: unknown, before: object | undefined): unknown {
  if (typeof typed !== 'object' || typed === null || before === undefined) return typed;
  const [now, was] = [typed as Group, before as Group];
  if (now.url !== was.url || now.connector !== was.connector) return typed;
  const kept = Object.entries(was).filter(([name, value]) => isSecret(name) && value !== undefined && !(name in now));
  return { ...now, ...Object.fromEntries(kept) };
}

/** A refused form comes back without the secrets that were typed into it. */
export function linesWithoutSecrets(typed: string): string {
  return typed
    .split('\n')
    .filter((line) => !isSecret(/^\s*["']?(\w+)["']?\s*:/.exec(line)?.[1] ?? ''))
    .join('\n');
}

const isSecret = (name: string): boolean => (provisioningSecrets as readonly string[]).includes(name);
