/**
 * The hub as it is in production, durable, audited and logging, in a process of its own; only password hashes are not
 * computed. Its folder is in HUB_DATA, its port in HUB_PORT, its systems in HUB_CONFIG.
 */

import type { Hasher } from '#platform/hashing/hasher.ts';
import { loadSettings } from '#settings/load.ts';
import { createHub } from '#src/hub.ts';
import { passphrase, unhashed } from '../company.ts';
import { obey } from './control.ts';

const hasher: Hasher = {
  hash: async () => unhashed,
  verify: async (hash, password) => ({ matches: hash === unhashed && password === passphrase, outdated: false }),
  full: () => false,
  close: async () => {},
};

const settings = loadSettings();
const hub = await createHub(settings, { hasher });
const { close } = await hub.listen();
obey(settings.issuer, close);
