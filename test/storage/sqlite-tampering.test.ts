/** Somebody writes into the file with SQLite's own tools: verification of the export names the first bad record. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { verifyExport } from '#domain/audit/verify.ts';
import { uuidv7 } from '#platform/ids.ts';
import { event } from './records.ts';
import { newFile, open } from './sqlite-bed.ts';

const ann = uuidv7(Date.now());

const tamperings: [title: string, sql: string, seq: number][] = [
  ['a body is edited', `UPDATE audit SET body = replace(body, 'success', 'denied') WHERE seq = 7`, 7],
  ['a body becomes rubbish', `UPDATE audit SET body = 'rubbish' WHERE seq = 7`, 7],
  ['a body becomes null in JSON', `UPDATE audit SET body = 'null' WHERE seq = 7`, 7],
  ['a hash is edited', `UPDATE audit SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 7`, 7],
  ['a row is deleted', 'DELETE FROM audit WHERE seq = 7', 7],
  ['the first row is deleted', 'DELETE FROM audit WHERE seq = 1', 1],
  [
    'two rows change places',
    'UPDATE audit SET n = CASE n WHEN 7 THEN -9 ELSE -7 END WHERE n IN (7, 9); UPDATE audit SET n = -n WHERE n < 0',
    7,
  ],
  [
    'two rows swap what they say',
    `CREATE TEMP TABLE t AS SELECT * FROM audit WHERE n IN (7, 9);
      UPDATE audit SET (body, hash, sealed) = (SELECT body, hash, sealed FROM t WHERE t.n = 16 - audit.n) WHERE n IN (7, 9)`,
    7,
  ],
  [
    'a row is inserted at the end',
    'INSERT INTO audit SELECT 100, writer, seq, at, body, hash, sealed FROM audit WHERE seq = 7',
    7,
  ],
  [
    'a row is inserted at the front',
    'INSERT INTO audit SELECT 0, writer, seq, at, body, hash, sealed FROM audit WHERE seq = 7',
    1,
  ],
  [
    'a row is put in the place of another',
    'UPDATE audit SET (body, hash) = (SELECT body, hash FROM audit WHERE seq = 3) WHERE seq = 7',
    3,
  ],
  [
    'a personal part is edited',
    `UPDATE audit SET sealed = 'AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA' WHERE seq = 6`,
    6,
  ],
  [
    'a personal part is taken from another row',
    'UPDATE audit SET sealed = (SELECT sealed FROM audit WHERE seq = 4) WHERE seq = 6',
    6,
  ],
  ['a personal part is emptied', 'UPDATE audit SET sealed = NULL WHERE seq = 6', 6],
  ["somebody's key is deleted", `DELETE FROM "personKeys"`, 2],
  ['the tail is cut, against a checkpoint', 'DELETE FROM audit WHERE seq > 9', 10],
];

for (const [title, sql, seq] of tamperings) {
  test(`${title}: record ${seq} is named`, async () => {
    const file = newFile();
    let engine = await open(file);
    for (let n = 1; n <= 12; n++) {
      const personal = n % 2 === 0 ? { subject: { id: ann }, personal: { ip: `10.0.0.${n}` } } : {};
      await engine.commit({ changes: [], events: [event({ detail: { n }, ...personal })] });
    }
    const checkpoint = { heads: await engine.audit.heads(), at: '2026-01-01T00:00:00.000Z' };
    assert.equal((await verifyExport(engine.audit.export({}), { checkpoint })).ok, true);
    await engine.close();

    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();

    engine = await open(file);
    const result = await verifyExport(engine.audit.export({}), { checkpoint });
    assert.equal(result.ok, false);
    assert.equal(result.firstBad?.seq, seq, result.firstBad?.reason);
    await engine.audit.query({ person: ann });
    await engine.close();
  });
}
