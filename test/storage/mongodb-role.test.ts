import assert from 'node:assert/strict';
import { test } from 'node:test';
import mongoose from 'mongoose';
import { hubRole, roleName } from '#storage/mongodb/role.ts';
import { mongoName, startMongo } from '../support/mongo.ts';
import { notRun } from '../support/not-run.ts';
import { openStore } from './mongodb-bed.ts';
import { event } from './records.ts';

const on = `MongoDB (${mongoName() ?? 'none'})`;
const user = 'gatehouse:a-password-for-tests';

test(`${on}: the role lets read and insert audit events, and nothing else of them`, () => {
  const audit = hubRole('hub').privileges.filter(({ resource }) => resource.collection === 'audit');
  assert.equal(audit.length, 1);
  assert.deepEqual(
    audit[0]?.actions.filter((action) => ['update', 'remove', 'dropCollection', 'dropIndex'].includes(action)),
    [],
  );
});

test(`${on}: the hub works as a user of its role, who cannot change or delete audit events`, async (t) => {
  const server = await startMongo(t);
  if (server === undefined) return;
  const url = server.database();
  const name = new URL(url).pathname.slice(1);
  const admin = await mongoose.createConnection(url).asPromise();
  const db = admin.getClient().db(name);
  const [login, pwd] = user.split(':');
  try {
    await db.command({ ...hubRole(name) });
    await db.command({ createUser: login, pwd, roles: [{ role: roleName, db: name }] });
  } catch (error) {
    notRun(t, 'MongoDB users and roles', `the server makes none (${(error as Error).message})`);
    return;
  } finally {
    await admin.close();
  }
  if (server.name === 'SecantusDB') {
    // Users are in its files, and asked for from now on. A mongod of several members wants a key file for that.
    await server.kill();
    await server.restart(['--auth']);
  }
  const address = url.replace('://', `://${user}@`).replace(/$/, `?authSource=${name}`);
  const engine = await openStore(address);
  await engine.commit({ changes: [], events: [event()] });
  assert.equal((await engine.audit.query({})).items.length, 1);
  await engine.close();
  const own = await mongoose.createConnection(address).asPromise();
  const audit = own.getClient().db(name).collection('audit');
  const attempts = [audit.updateMany({}, { $set: { type: 'x' } }), audit.deleteMany({})];
  const results = await Promise.allSettled(attempts);
  await own.close();
  if (results.every(({ status }) => status === 'fulfilled')) {
    notRun(t, 'MongoDB users and roles', `${server.name} does not hold users to their roles`);
    return;
  }
  for (const result of results) assert.equal(result.status, 'rejected');
});
