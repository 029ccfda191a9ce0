import type { JSONWebKeySet } from 'jose';
import { type BadRecord, ChainCheck } from './chain-check.ts';
import { type Checkpoint, CheckpointFault, readCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import type { AuditEvent } from './event.ts';

export interface Verification {
  readonly ok: boolean;
  /** How many records were read. */
  readonly events: number;
  /** How many writers' chains they belong to. */
  readonly writers: number;
  /** The lowest `seq` of the alphabetically first broken writer. */
  readonly firstBad?: BadRecord;
  /** What is wrong with the checkpoint itself. */
  readonly checkpointFault?: string;
}

export interface VerifyOptions {
  /** A compact JWS, or one that was read and believed before. */
  readonly checkpoint?: string | Checkpoint;
  /** The hub's public keys. Without them a checkpoint's signature is not looked at. */
  readonly jwks?: JSONWebKeySet;
  /**
   * The export was cut at its start (`since`): each chain may begin anywhere. Otherwise it begins at 1, so that a head cut
   * off does not pass. Exports filtered by person, system or type have holes and cannot be verified either way.
   */
  readonly partial?: boolean;
}

/** Checks an export against itself and a checkpoint; needs no store and no secret (contract.md, "Audit event"). */
export async function verifyExport(
  events: AsyncIterable<AuditEvent>,
  options: VerifyOptions = {},
): Promise<Verification> {
  let checkpoint: Checkpoint | undefined;
  let checkpointFault: string | undefined;
  try {
    checkpoint = await believed(options);
  } catch (error) {
    if (!(error instanceof CheckpointFault)) throw error;
    checkpointFault = error.message;
  }
  const heads = new Map(Object.entries(checkpoint?.heads ?? {}));
  const chains = new Map<string, ChainCheck>();
  const chainOf = (writer: string) => {
    let chain = chains.get(writer);
    if (chain === undefined) {
      chain = new ChainCheck(writer, heads.get(writer), options.partial ?? false);
      chains.set(writer, chain);
    }
    return chain;
  };
  let count = 0;
  for await (const event of events) {
    count++;
    chainOf(typeof event?.writer === 'string' ? event.writer : '').add(event ?? {});
  }
  const writers = chains.size;
  for (const writer of heads.keys()) chainOf(writer);
  const bad = [...chains.values()].map((chain) => chain.end()).filter((found) => found !== undefined);
  const [firstBad] = bad.sort((a, b) => (a.writer < b.writer ? -1 : 1));
  return {
    ok: firstBad === undefined && checkpointFault === undefined,
    events: count,
    writers,
    ...(firstBad === undefined ? {} : { firstBad }),
    ...(checkpointFault === undefined ? {} : { checkpointFault }),
  };
}

async function believed({ checkpoint, jwks }: VerifyOptions): Promise<Checkpoint | undefined> {
  if (typeof checkpoint !== 'string') return checkpoint;
  return jwks === undefined ? readCheckpoint(checkpoint) : verifyCheckpoint(checkpoint, jwks);
}
