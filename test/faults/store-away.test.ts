/** The whole hub over an embedded store that fails or falls silent. */
import { test } from 'node:test';
import { faultySqlite } from '#test/support/faulty-sqlite.ts';
import { company } from './company.ts';
import { outageSeconds, outageTimeout, throughOutage } from './outage.ts';

for (const mode of ['failing', 'silent'] as const) {
  test(`a store that is ${mode} for ${outageSeconds} s`, { timeout: outageTimeout }, async (t) => {
    const fault = faultySqlite(t);
    await throughOutage(t, await company(t), {
      begin: () => {
        fault.mode = mode;
      },
      end: () => {
        fault.mode = 'none';
      },
    });
  });
}
