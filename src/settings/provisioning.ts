import { z } from 'zod';
import type { FieldFault } from '#domain/errors.ts';
import { connectorNames, type ProvisioningSettings, provisioningSecrets } from '#domain/provisioning/settings.ts';
import { fields, text } from './read.ts';

const shape = {
  connector: z.enum(connectorNames),
  url: text,
  mode: z.enum(['off', 'preview', 'on']).optional(),
  accounts: z.enum(['create', 'link-only']).optional(),
  roles: z.enum(['replace', 'add-only', 'one-profile-many-sets']).optional(),
  database: text.optional(),
  login: text.optional(),
  clientId: text.optional(),
  dialect: z.enum(['rfc', 'salesforce', 'hubspot']).optional(),
  api: z.enum(['jsonrpc', 'json2']).optional(),
  grants: z.enum(['groups', 'roles']).optional(),
  check: text.optional(),
  parallel: z.int().min(1).max(16).optional(),
  rate: z.number().min(0.1).max(1000).optional(),
  password: text.optional(),
  token: text.optional(),
  apiKey: text.optional(),
  apiSecret: text.optional(),
  clientSecret: text.optional(),
};
const files = {
  passwordFile: text.optional(),
  tokenFile: text.optional(),
  apiKeyFile: text.optional(),
  apiSecretFile: text.optional(),
  clientSecretFile: text.optional(),
};

/** `provisioning:` of a system as written in the configuration. */
export const provisioningShape = fields({ ...shape, ...files });
export type ProvisioningInput = z.infer<typeof provisioningShape>;
/** The same for the API: a file of this machine is nothing for it to read. */
export const provisioningBody = fields(shape);

/** Puts in the content of each `…File`. @param read says what is wrong with a file by itself */
export function withSecretsOfFiles(
  input: ProvisioningInput,
  path: string,
  read: (file: string, path: string) => string | undefined,
  faults: FieldFault[],
): ProvisioningInput {
  const filled: Record<string, unknown> = { ...input };
  for (const name of provisioningSecrets) {
    const file = input[`${name}File`];
    delete filled[`${name}File`];
    if (file === undefined) continue;
    if (input[name] !== undefined)
      faults.push({ path: `${path}.${name}File`, message: `stands beside ${name}; keep one` });
    // Whatever came of the file, the secret itself is not missing.
    else filled[name] = read(file, `${path}.${name}File`) ?? 'unreadable';
  }
  return filled as ProvisioningInput;
}

/** Fills in what the contract says of provisioning that is silent about it: nothing is written before somebody says so. */
export function provisioningDefaults(input: ProvisioningInput): ProvisioningSettings {
  const given = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...(Object.fromEntries(given) as ProvisioningInput),
    mode: input.mode ?? 'preview',
    accounts: input.accounts ?? 'link-only',
  };
}
