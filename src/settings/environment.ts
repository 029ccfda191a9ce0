import type { FieldFault } from '#domain/errors.ts';
import { readSecretFile } from './system.ts';

/** Environment variable -> the setting that it overrides (contract.md, "Settings"). */
export const variables: Readonly<Record<string, readonly string[]>> = {
  HUB_ISSUER: ['issuer'],
  HUB_HOST: ['listen', 'host'],
  HUB_PORT: ['listen', 'port'],
  HUB_DATA: ['data'],
  HUB_STORE: ['store'],
  HUB_SECRET: ['secret'],
  HUB_WORKERS: ['workers'],
  HUB_TRUST_PROXY: ['trustProxy'],
  HUB_MAIL: ['mail'],
  HUB_MAIL_FROM: ['mailFrom'],
  HUB_ADMIN_EMAIL: ['admin', 'email'],
  HUB_ADMIN_PASSWORD: ['admin', 'password'],
  HUB_METRICS_TOKEN: ['metrics', 'token'],
};

/** Those whose value may be a secret, or hold one: `<NAME>_FILE` names a file with the value. */
const fromFile = ['HUB_STORE', 'HUB_SECRET', 'HUB_MAIL', 'HUB_ADMIN_PASSWORD', 'HUB_METRICS_TOKEN'];

type Tree = Record<string, unknown>;

function place(tree: Tree, [head, ...rest]: readonly string[], value: string): void {
  if (head === undefined) return;
  if (rest.length === 0) {
    tree[head] = value;
    return;
  }
  const below = tree[head];
  const branch: Tree = typeof below === 'object' && below !== null && !Array.isArray(below) ? { ...below } : {};
  place(branch, rest, value);
  tree[head] = branch;
}

/**
 * Lays the environment over what the file says. An empty variable counts as not set.
 *
 * @returns the settings with overrides, and for each overridden setting the variable's name, for telling faults.
 */
export function withEnvironment(
  file: Tree,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  faults: FieldFault[],
): { tree: Tree; from: ReadonlyMap<string, string> } {
  const tree = { ...file };
  const from = new Map<string, string>();
  for (const [name, path] of Object.entries(variables)) {
    let value = env[name] === '' ? undefined : env[name];
    const file = fromFile.includes(name) ? env[`${name}_FILE`] : undefined;
    if (file !== undefined && file !== '') {
      if (value !== undefined) {
        faults.push({ path: `${name}_FILE`, message: `stands beside ${name}; keep one` });
        continue;
      }
      value = readSecretFile(file, cwd, `${name}_FILE`, faults);
    }
    if (value === undefined) continue;
    place(tree, path, value);
    from.set(path.join('.'), name);
  }
  return { tree, from };
}
