import { newestCheckpoint } from '#actions/checkpoints/folder.ts';
import { allKeys } from '#actions/keys/stored.ts';
import type { Services } from '#actions/services.ts';
import { CheckpointFault, verifyCheckpoint } from '#domain/audit/checkpoint.ts';
import { type Finding, fault, good, warning } from './finding.ts';

/** Is the newest checkpoint ours, and does the store still hold what it covers? */
export async function checkpointFindings(services: Services): Promise<Finding[]> {
  const newest = newestCheckpoint(services.settings);
  if (newest === undefined) return [warning('checkpoints', 'there is none yet', 'npm run hub -- audit checkpoint')];
  try {
    const keys = (await allKeys(services)).map((key) => ({ ...key.publicJwk, kid: key.id, alg: key.alg }));
    const { at, heads } = await verifyCheckpoint(newest.jws, { keys });
    const now = await services.store.audit.heads();
    const behind = Object.entries(heads).filter(([writer, head]) => (now[writer]?.seq ?? 0) < head.seq);
    if (behind.length > 0) {
      const writers = behind.map(([writer]) => writer).join(', ');
      return [fault('checkpoints', `the store is older than ${newest.file}: ${writers}`, 'restore the newest backup')];
    }
    return [good('checkpoints', `the newest is of ${at}`)];
  } catch (error) {
    if (!(error instanceof CheckpointFault)) throw error;
    return [fault('checkpoints', `${newest.file}: ${error.message}`)];
  }
}
