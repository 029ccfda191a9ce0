import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Services } from '#actions/services.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import type { Clock } from '#platform/clock.ts';
import { createLog } from '#platform/log.ts';
import { systemModules } from '#providers/index.ts';
import { loadSettings } from '#settings/load.ts';
import { createServices, openEngine, openSealer, surroundings } from '#src/services.ts';
import { storeOfThisPass } from './store.ts';

/**
 * What actions use, over a store of its own in a temporary folder; taken away when the test ends.
 * @param t the test's context, or whatever collects what to do at the end
 */
export async function testServices(
  t: { after(end: () => Promise<void>): void },
  options: {
    clock?: Clock;
    env?: Readonly<Record<string, string>>;
    logLevel?: string;
    /** Provider modules beside the shipped ones. */
    modules?: readonly SystemModule[];
  } = {},
): Promise<Services> {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const settings = loadSettings({ env: { HUB_DATA: data, ...storeOfThisPass(), ...options.env }, cwd: data });
  const around = surroundings({
    log: createLog({ level: options.logLevel ?? 'silent' }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const seal = openSealer(settings);
  const engine = await openEngine(settings, seal, around);
  const services = createServices(
    settings,
    { engine, seal, modules: [...systemModules, ...(options.modules ?? [])] },
    around,
  );
  t.after(async () => {
    await services.hasher.close();
    await services.guesser.close();
    await services.directories.close();
    await engine.close();
    rmSync(data, { recursive: true, force: true });
  });
  return services;
}
