import type { SystemModule } from '#domain/providers/system-module.ts';
import type { Clock } from '#platform/clock.ts';
import type { Guesser } from '#platform/guessing/guesser.ts';
import type { Hasher } from '#platform/hashing/hasher.ts';
import type { Logger } from '#platform/log.ts';
import type { Sealer } from '#platform/seal.ts';
import type { Settings } from '#settings/settings.ts';
import type { Store } from '#storage/store.ts';
import type { Directories } from './directories/port.ts';
import type { Connectors } from './provisioning/port.ts';
import type { SignOutSpool } from './sessions/spool/spool.ts';

/** What an action may use. Built once in hub.ts and handed in; no action reaches for anything else. */
export interface Services {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly seal: Sealer;
  readonly hasher: Hasher;
  /** How hard new passwords are to guess. */
  readonly guesser: Guesser;
  /** The provider modules by id; the list is handed in by the composition root. */
  readonly modules: ReadonlyMap<string, SystemModule>;
  readonly log: Logger;
  /** LDAP directories, as the sources say; every process has connections of its own. */
  readonly directories: Directories;
  /** Connectors to the products that accounts are carried into. */
  readonly connectors: Connectors;
  /** Sign-outs that the store has not taken yet. */
  readonly signOuts: SignOutSpool;
}
