import { HubError } from '#domain/errors.ts';
import type { Services } from '../services.ts';

/** With `policyMode: file` the file is the truth: no other road changes the policy. @throws HubError `conflict`. */
export function refuseInFileMode({ settings }: Pick<Services, 'settings'>): void {
  if (settings.policyMode !== 'file') return;
  const file = settings.policy ?? 'the policy file';
  throw new HubError('conflict', `policyMode is "file": change ${file} and restart the hub`);
}
