import type { AuditEvent } from '#domain/audit/event.ts';
import type { Settings } from '#settings/settings.ts';
import { runningEngine } from '#src/services.ts';
import { type Heads, StoreUnavailable } from '#storage/port.ts';
import type { OpenedHub } from '../open.ts';
import { type Filter, type FilterOptions, filterOf } from './filter.ts';
import { newest, since } from './follow.ts';
import { lineOf } from './line.ts';

const pollMs = 300;

export interface TailOptions extends FilterOptions {
  readonly json?: boolean;
  readonly lines: number;
  readonly follow: boolean;
}

interface TailWorld {
  readonly settings: Settings;
  open(): Promise<OpenedHub>;
  print(text: string): void;
  note(line: string): void;
  readonly stop: AbortSignal;
}

/**
 * Prints the newest events and then each as it is stored, until stopped. Holds the store only while a hub runs: without one
 * nothing happens in it, and a hub must be able to start.
 */
export async function tail(world: TailWorld, options: TailOptions): Promise<void> {
  const print = (events: readonly AuditEvent[]) => {
    for (const event of events) {
      world.print(`${options.json === true ? JSON.stringify(event) : lineOf(event, world.settings.timeZone)}\n`);
    }
  };
  let hub = await world.open();
  try {
    const filter = await filterOf(hub.services, options);
    let seen: Heads = await hub.services.store.audit.heads();
    print(await newest(hub.services.store.audit, filter, options.lines));
    while (options.follow && !world.stop.aborted) {
      if (!hub.running) {
        await hub.close();
        world.note('No hub runs on this data folder; waiting for one.');
        if (!(await hubAppears(world))) return;
        hub = await world.open();
      }
      seen = await followOne(world, hub, filter, seen, print);
      // The hub has stopped: let go, and wait for the next one.
      hub = { ...hub, running: false };
    }
  } finally {
    await hub.close();
  }
}

async function followOne(
  world: TailWorld,
  hub: OpenedHub,
  filter: Filter,
  from: Heads,
  print: (events: readonly AuditEvent[]) => void,
): Promise<Heads> {
  let seen = from;
  while (!world.stop.aborted) {
    try {
      const step = await since(hub.services.store.audit, filter, seen);
      print(step.events);
      seen = step.seen;
    } catch (error) {
      if (error instanceof StoreUnavailable) return seen;
      throw error;
    }
    await pause(world.stop);
  }
  return seen;
}

async function hubAppears({ settings, stop }: TailWorld): Promise<boolean> {
  while (!stop.aborted) {
    const engine = await runningEngine(settings);
    if (engine !== undefined) {
      await engine.close();
      return true;
    }
    await pause(stop);
  }
  return false;
}

function pause(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, pollMs);
    stop.addEventListener('abort', done);
  });
}
