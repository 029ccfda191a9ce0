import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * `npm run hub -- audit tail` beside `npm run demo`: where nothing is configured and only the demo's hub has a store here, its
 * record is the one that is meant.
 * @returns the environment to read the settings from; unchanged wherever a hub was set up or named
 */
export function orDemo(
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd = process.cwd(),
): Readonly<Record<string, string | undefined>> {
  const named = [env.HUB_CONFIG, env.HUB_DATA, env.HUB_STORE, env.HUB_STORE_FILE].some((value) => (value ?? '') !== '');
  const demo = resolve(cwd, 'config/demo/hub.yaml');
  if (named || existsSync(resolve(cwd, 'data/hub.db'))) return env;
  return existsSync(resolve(cwd, 'data/demo/hub.db')) && existsSync(demo) ? { ...env, HUB_CONFIG: demo } : env;
}
