import type { Settings } from '#settings/settings.ts';
import type { Surroundings } from '#src/services.ts';
import type { CommandIo } from './io.ts';
import type { OpenedHub } from './open.ts';
import type { Streams } from './output.ts';

/** What the commands of operation need beyond `CommandIo`. */
export interface CliWorld {
  readonly io: CommandIo;
  readonly streams: Streams;
  readonly around: Surroundings;
  /** Raised by Ctrl-C and SIGTERM. */
  readonly stop: AbortSignal;
  /** Read once. @throws SettingsError */
  settings(): Settings;
  openHub(): Promise<OpenedHub>;
}
