import { existsSync } from 'node:fs';
import { withoutSecrets } from '#platform/store-address.ts';
import type { Settings } from '#settings/settings.ts';
import { storeFault, storeOf } from '#settings/store.ts';
import { WrongUse } from '../io.ts';

type Store = Settings['store'];

/** The store that `--to` names. @throws WrongUse */
export function targetOf(to: string, settings: Settings): Store {
  const fault = storeFault(to);
  if (fault !== undefined) throw new WrongUse(`--to ${fault}`);
  const target = storeOf(to, settings.data, process.cwd());
  if (nameOf(target) === nameOf(settings.store)) throw new WrongUse('--to names the store that the hub has already');
  return target;
}

/** @throws Error when the settings name an embedded store that is not there: a copy makes none to copy from */
export function demandSource({ store }: Settings): void {
  if (store.kind === 'sqlite' && !existsSync(store.file)) {
    throw new Error(`${store.file} does not exist; \`store\` of the settings names what is copied from`);
  }
}

/** A store as it may be shown: an address without its user, password and options. */
export function nameOf(store: Store): string {
  if (store.kind === 'sqlite') return `sqlite:${store.file}`;
  return withoutSecrets(store.url);
}
