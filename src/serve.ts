import { createLog } from '#platform/log.ts';
import { giveBackMemory } from '#platform/memory.ts';
import { systemModules } from '#providers/index.ts';
import { SettingsError } from '#settings/faults.ts';
import { loadSettings } from '#settings/load.ts';
import { createHub } from './hub.ts';

/** However a stop goes, the process is gone after this. */
const lastMs = 9500;

const log = createLog();

async function start(): Promise<void> {
  const settings = loadSettings({ providers: systemModules.map((module) => module.id) });
  const hub = await createHub(settings, { log });
  const { port, close } = await hub.listen();
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      setTimeout(() => process.exit(1), lastMs).unref();
      close().then(
        () => log.info('stopped'),
        (error: unknown) => {
          log.error({ err: error }, 'the stop was not clean');
          process.exitCode = 1;
        },
      );
    });
  }
  giveBackMemory();
  process.stdout.write(`Gatehouse serves ${settings.issuer} (${settings.listen.host}:${port})\n`);
  if (hub.setup !== undefined) {
    process.stdout.write(
      `Nobody owns this hub yet. Choose the first password here, once:\n  ${settings.issuer}${hub.setup}\n`,
    );
  }
}

/** Starts the hub by its configuration and serves until a signal; a fault at the start ends the process. */
export async function serve(): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (error instanceof SettingsError) process.stderr.write(`${error.message}\n`);
    else log.fatal({ err: error }, error instanceof Error ? error.message : 'the hub could not start');
    process.exit(1);
  }
}
