import { draft } from '#domain/audit/event.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import type { Settings } from '#settings/settings.ts';
import { openForCopy, openSealer, runningEngine, type Surroundings } from '#src/services.ts';
import { alone } from '#storage/leases/presence.ts';
import { copyAll, copyBegun, type Progress, type Proof, proveSame } from '#storage/moving/copy.ts';
import type { Movable } from '#storage/serving.ts';
import { operatorOrigin } from '../operator.ts';
import { demandSource, nameOf } from './target.ts';

export interface Copied extends Proof {
  readonly from: string;
  readonly to: string;
  /** An earlier try was gone on with. */
  readonly resumed: boolean;
}

/**
 * Brings the configured store into another one, which becomes the hub's as soon as `store` names it: everything, live records and
 * chains included. The hub has to be stopped; both stores are this process's alone meanwhile. Ends when both sides were read and
 * hold the same, and the chains of both verify.
 *
 * @throws Error when a hub serves either, TargetNotEmpty, CopyDiffers
 */
export async function copyStore(
  settings: Settings,
  around: Surroundings,
  to: Settings['store'],
  progress: (progress: Progress) => void,
): Promise<Copied> {
  demandSource(settings);
  const running = await runningEngine(settings);
  if (running !== undefined) {
    await running.close();
    throw new Error('The hub is running on this store; stop it first.');
  }
  const seal = openSealer(settings);
  return withStore(settings.store, seal, around, (source) => {
    return withStore(to, seal, around, async (target) => {
      const begun = await copyBegun(sideOf(source), sideOf(target));
      if (begun === undefined) {
        const detail = { kind: 'copy', to: to.kind };
        await source.commit({ changes: [], events: [draft(operatorOrigin(), 'backup.made', 'success', { detail })] });
      }
      await copyAll(sideOf(source), sideOf(target), begun, progress);
      return begun !== undefined;
    }).then(async (resumed) => {
      const proof = await withStore(to, seal, around, (target) => prove(source, target, settings.store.kind, around));
      return { from: nameOf(settings.store), to: nameOf(to), resumed, ...proof };
    });
  });
}

function sideOf(engine: Movable) {
  return { engine, moving: engine.moving() };
}

/** Opened anew, as a hub would: what is compared and verified is what a hub will read. */
async function prove(
  source: Movable,
  target: Movable,
  from: Settings['store']['kind'],
  { clock }: Surroundings,
): Promise<Proof> {
  const proof = await proveSame(source.moving(), target.moving(), clock.now());
  for (const [side, engine] of [
    ['source', source],
    ['copy', target],
  ] as const) {
    const { ok, firstBad } = await verifyExport(engine.audit.export({}));
    if (!ok) {
      const where = firstBad === undefined ? '' : `: ${firstBad.writer} ${firstBad.seq}: ${firstBad.reason}`;
      throw new Error(`the audit record of the ${side} does not verify${where}`);
    }
  }
  await target.moving().clearMark();
  const detail = { kind: 'copy', from };
  await target.commit({ changes: [], events: [draft(operatorOrigin(), 'backup.restored', 'success', { detail })] });
  return proof;
}

async function withStore<R>(
  store: Settings['store'],
  seal: ReturnType<typeof openSealer>,
  around: Surroundings,
  work: (engine: Movable) => Promise<R>,
): Promise<R> {
  const engine = await openForCopy(store, seal, around);
  try {
    const lock = await alone(engine, around.log);
    try {
      return await work(engine);
    } finally {
      await lock.leave();
    }
  } finally {
    await engine.close();
  }
}
