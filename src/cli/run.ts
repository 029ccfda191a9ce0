import { createLog } from '#platform/log.ts';
import { systemModules } from '#providers/index.ts';
import { orDemo } from '#settings/demo.ts';
import { loadSettings } from '#settings/load.ts';
import type { Settings } from '#settings/settings.ts';
import { surroundings } from '#src/services.ts';
import type { CommandIo } from './io.ts';
import { knownPeople, knownSystems, openHub } from './open.ts';
import { printer, processStreams, tellFault } from './output.ts';
import { createProgram, exitCodeOf } from './program.ts';
import type { CliWorld } from './world.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
// A reader that has seen enough (`… | head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const around = surroundings({ log: createLog({ level: 'warn' }) });
let read: Settings | undefined;
function settings(): Settings {
  const onRecord = process.argv[2] === 'audit';
  read ??= loadSettings(onRecord ? { modules: systemModules, env: orDemo() } : { modules: systemModules });
  return read;
}

const io: CommandIo = {
  ...printer(processStreams),
  refused: () => {
    process.exitCode = 1;
  },
  openHub: () => openHub(settings(), around),
  knownSystems: () => knownSystems(settings(), around),
  knownPeople: () => knownPeople(settings(), around),
  now: () => around.clock.now(),
};
const world: CliWorld = {
  io,
  streams: processStreams,
  around,
  stop: stop.signal,
  settings,
  openHub: () => openHub(settings(), around),
};

/** Runs the command that the words of this process name, and sets the exit code. */
export async function run(): Promise<void> {
  try {
    await createProgram(world).parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error) ?? tellFault(error, process.argv.includes('--json'), processStreams);
  }
}
