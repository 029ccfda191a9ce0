import { createLog } from '#platform/log.ts';
import { giveBackMemory } from '#platform/memory.ts';
import { systemModules } from '#providers/index.ts';
import { SettingsError } from '#settings/faults.ts';
import { loadSettings } from '#settings/load.ts';
import type { Settings } from '#settings/settings.ts';
import { createHub } from './hub.ts';
import { runWorkers } from './workers/primary.ts';
import { type WorkerSide, workerSide } from './workers/worker.ts';

/** However a stop goes, the process is gone after this. */
const lastMs = 9000;

const rootLog = createLog();

/** One process that serves: the whole hub, or one of its workers. */
async function start(settings: Settings, worker: WorkerSide | undefined): Promise<void> {
  const log = worker === undefined ? rootLog : rootLog.child({ worker: worker.place });
  const hub = await createHub(worker === undefined ? settings : shareOf(settings), { log, fellows: worker });
  const { port, close } = await hub.listen();
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      setTimeout(() => process.exit(1), lastMs).unref();
      close()
        .then(
          () => log.info('stopped'),
          (error: unknown) => {
            log.error({ err: error }, 'the stop was not clean');
            process.exitCode = 1;
          },
        )
        .finally(() => worker?.leave());
    });
  }
  giveBackMemory();
  if (worker === undefined) serving(settings, port, hub.setup);
  else worker.ready(port, hub.setup);
}

/** Hashing takes whole processors, of which all workers together have no more. */
function shareOf(settings: Settings): Settings {
  const { hash } = settings.limits;
  const slots = Math.max(1, Math.round(hash.slots / settings.workers));
  return { ...settings, limits: { ...settings.limits, hash: { ...hash, slots } } };
}

function serving(settings: Settings, port: number, setup: string | undefined): void {
  process.stdout.write(`Gatehouse serves ${settings.issuer} (${settings.listen.host}:${port})\n`);
  if (setup === undefined) return;
  process.stdout.write(
    `Nobody owns this hub yet. Choose the first password here, once:\n  ${settings.issuer}${setup}\nThen print the codes for the day on which nobody gets in, and seal them: npm run hub -- break-glass print\n`,
  );
}

function isTaken(error: unknown): error is Error & { readonly port: number } {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;
}

function portTaken({ port }: { readonly port: number }): string {
  return `Port ${port} is already in use by another program. Stop that program, or set HUB_PORT (listen.port in config/hub.yaml) to a free port.\n`;
}

/** Starts the hub by its configuration and serves until a signal; a fault at the start ends the process. */
export async function serve(): Promise<void> {
  try {
    const worker = await workerSide();
    const settings = loadSettings({ modules: systemModules });
    if (settings.workers === 1 || worker !== undefined) return await start(settings, worker);
    const { workers } = settings;
    const code = await runWorkers({
      workers,
      log: rootLog,
      serving: (port, setup) => serving(settings, port, setup),
    });
    process.exit(code);
  } catch (error) {
    if (error instanceof SettingsError) process.stderr.write(`${error.message}\n`);
    else if (isTaken(error)) process.stderr.write(portTaken(error));
    else rootLog.fatal({ err: error }, error instanceof Error ? error.message : 'the hub could not start');
    process.exit(1);
  }
}
