/** Takes people in from a CSV without passwords, in a process of its own: import.ts FOLDER COUNT. Prints seconds and bytes. */
import { importPeople } from '#actions/people/import/import.ts';
import { createLog } from '#platform/log.ts';
import { loadSettings } from '#settings/load.ts';
import { createHub } from '#src/hub.ts';
import { peopleCsv } from '../company.ts';

const [data = '', count = '100000'] = process.argv.slice(2);
const settings = loadSettings({ env: { HUB_DATA: data, HUB_ISSUER: 'http://localhost:1' } });
const hub = await createHub(settings, { log: createLog({ level: 'silent' }) });
const csv = peopleCsv(Number(count), false);
const start = performance.now();
const { created } = await importPeople(hub.services, { actor: { kind: 'operator' } }, csv);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({ created, seconds, cpuSeconds: (user + system) / 1e6, rss: process.memoryUsage.rss() })}\n`,
);
await hub.close();
