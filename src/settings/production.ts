import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { FieldFault } from '#domain/errors.ts';

/** Words that stand in documentation and samples, never in a real secret. */
const placeholder = /^(change-?me|secret|password|sample|demo|example|test)([-_ ].*)?$/i;

/** Every secret that the shipped sample company uses: public, so worthless. */
function sampleSecrets(root: string): Set<string> {
  const file = join(root, 'config/demo/hub.yaml');
  const found = new Set<string>();
  if (!existsSync(file)) return found;
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, below] of Object.entries(value)) {
      if (typeof below === 'string' && /^(secret|clientSecret|password|token)$/.test(key)) found.add(below);
      else collect(below);
    }
  };
  collect(parse(readFileSync(file, 'utf8')));
  return found;
}

interface Secrets {
  readonly secret: string | undefined;
  readonly adminPassword: string | undefined;
  readonly metricsToken: string | undefined;
  /** Of every system, by its path; those of faulty ones too. */
  readonly clientSecrets: ReadonlyMap<string, string>;
}

/**
 * What production refuses to start with (security.md, "Authorize and token", last rule). Plain http beyond loopback is
 * refused everywhere, by the issuer's own check.
 *
 * @param root the folder of the project, where the sample configuration lies.
 */
export function productionFaults(secrets: Secrets, root: string): FieldFault[] {
  const samples = sampleSecrets(root);
  const faults: FieldFault[] = [];
  const judge = (path: string, value: string | undefined) => {
    if (value === undefined || (!samples.has(value) && !placeholder.test(value))) return;
    faults.push({ path, message: 'is a sample secret, known to everybody; make one with: openssl rand -base64 32' });
  };
  if (secrets.secret === undefined) {
    faults.push({
      path: 'secret',
      message: 'is missing; production needs HUB_SECRET or HUB_SECRET_FILE, made with: openssl rand -base64 32',
    });
  } else if (secrets.secret.length < 16) {
    faults.push({ path: 'secret', message: 'is too short to be a key; make one with: openssl rand -base64 32' });
  } else {
    judge('secret', secrets.secret);
  }
  judge('admin.password', secrets.adminPassword);
  judge('metrics.token', secrets.metricsToken);
  for (const [path, value] of secrets.clientSecrets) judge(path, value);
  return faults;
}
