/**
 * A process that commits without pause and says on standard output what was acknowledged: `ok <n>` once the commit with
 * that number has resolved, `refused <n> <error>` when it has not. Numbers go on from the first argument after the file.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#platform/clock.ts';
import { createSealer } from '#platform/seal.ts';
import { accessTokens, outbox } from '#storage/collections.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';
import { delivery, event } from './records.ts';

const [file = '', from = '0', lanes = '16', pause = '0'] = process.argv.slice(2);
const engine = await openSqlite({ file, clock: systemClock, seal: createSealer('a secret for tests') });
let next = Number(from);

async function lane(): Promise<void> {
  for (;;) {
    const n = next++;
    try {
      await engine.commit({
        changes: [
          { kind: 'insert', collection: outbox, id: `k${n}`, data: delivery('waiting', n) },
          { kind: 'insert', collection: accessTokens, id: `l${n}`, data: { payload: { text: 'x'.repeat(500) } } },
          { kind: 'put', collection: accessTokens, id: 'newest', data: { payload: { n } } },
        ],
        events: [event({ detail: { n }, personal: { ip: '10.0.0.1' } }), event({ detail: { n, second: true } })],
      });
      writeSync(1, `ok ${n}\n`);
    } catch (error) {
      writeSync(1, `refused ${n} ${error instanceof Error ? error.name : error}\n`);
      await engine.ping().then(
        () => writeSync(1, 'ping ok\n'),
        () => writeSync(1, 'ping refused\n'),
      );
      await sleep(20);
    }
    if (pause !== '0') await sleep(Number(pause));
  }
}

for (let count = Number(lanes); count > 0; count--) void lane();
