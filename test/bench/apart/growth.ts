/**
 * A large company, worked out from what one entry costs on this machine: commands and bytes are counted in a real hub on MongoDB, CPU
 * is measured there, and a minute of entries is dealt out over shards to see how even the keys are.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { mongoName, sharedMongo } from '#test/support/mongo.ts';
import { startHub, type Target } from '../child.ts';
import { measure } from '../load/measure.ts';
import { operations, Visit } from '../load/operations.ts';

/** What one act costs, counted and measured. */
interface Cost {
  /** Milliseconds of the hub's CPU, password hashing apart. */
  readonly cpu: number;
  readonly events: number;
}

export interface Growth {
  readonly mongo: string;
  readonly signIn: Cost;
  readonly entry: Cost;
  /** BSON bytes of one event, without indexes. */
  readonly eventBytes: number;
  /** BSON bytes of a person with what belongs to one: record, key, credential, link. */
  readonly personBytes: number;
  /** Hottest of eight shards as a multiple of the mean. */
  readonly skew: Readonly<Record<string, number>>;
}

/** The company asked about. */
export const large = { people: 1_000_000, entriesPerSecond: 10_000, signInShare: 0.2, busySeconds: 4 * 3600 };
/** Argon2id as the hub computes it, CPU-ms (`npm run bench -- --only hashing`). */
const hashMs = 25;
/** Few at a time: what is counted does not depend on it, and SecantusDB is slow. */
const atOnce = 2;
const coresPerNode = 16;
const usedAtMost = 0.6;

/** @returns undefined where there is no MongoDB to count on */
export async function measureGrowth(folder: string, quick: boolean): Promise<Growth | undefined> {
  const mongo = mongoName();
  if (mongo === undefined) return undefined;
  const server = await sharedMongo();
  const url = server.database();
  const acts = quick ? 60 : 200;
  const hub = await startHub(join(folder, 'growth'), acts, [], { HUB_STORE: url });
  const visit = new Visit(hub, acts);
  const connection = await mongoose.createConnection(url).asPromise();
  try {
    const audit = connection.getClient().db(connection.name).collection('audit');
    let idle = 0;
    const costOf = async (name: string): Promise<Cost> => {
      const operation = operations.find((one) => one.name === name);
      if (operation === undefined) throw new Error(`there is no operation ${name}`);
      const before = await audit.countDocuments();
      const { cpu, perSecond } = await measure(visit, operation, acts, atOnce);
      // What the hub does by the clock counts once a node, not for each entry of a slow store.
      return { cpu: cpu - idle / perSecond, events: ((await audit.countDocuments()) - before) / acts };
    };
    visit.newRound();
    await costOf('sign-in');
    await costOf('silent entry');
    idle = await idleCpu(hub);
    visit.newRound();
    const signIn = await costOf('sign-in');
    const entry = await costOf('silent entry');
    const sizeOf = async (name: string) => {
      const all = await connection.getClient().db(connection.name).collection(name).find({}).limit(500).toArray();
      const bytes = all.reduce((sum, one) => sum + mongoose.mongo.BSON.calculateObjectSize(one), 0);
      return all.length === 0 ? 0 : bytes / all.length;
    };
    const ofPerson = await Promise.all(['people', 'personKeys', 'credentials', 'links'].map(sizeOf));
    const personBytes = ofPerson.reduce((sum, one) => sum + one, 0);
    return { mongo, signIn, entry, eventBytes: await sizeOf('audit'), personBytes, skew: dealt() };
  } finally {
    await connection.close();
    await visit.close();
    await hub.stop();
    await server.stop();
  }
}

/** Milliseconds of CPU that a hub takes in a second in which nobody asks it for anything. */
async function idleCpu(hub: Target): Promise<number> {
  const seconds = 3;
  const before = await hub.used();
  await sleep(seconds * 1000);
  return ((await hub.used()).cpu - before.cpu) / seconds;
}

/** A minute of entries over eight shards, by what might be the key. */
function dealt(): Record<string, number> {
  const shards = 8;
  const shardOf = (key: string) => (createHash('md5').update(key).digest()[0] ?? 0) % shards;
  const lanes = Array.from({ length: 20 * 16 }, () => randomBytes(9).toString('base64url'));
  const keys: Record<string, (n: number) => string> = {
    'hashed id of the record': () => randomBytes(16).toString('base64url'),
    'hashed writer of the event (20 nodes, 16 lanes each)': (n) => lanes[(n * 7919) % lanes.length] ?? '',
    // A tenth of the people make half of the entries.
    'hashed person': (n) => `person${n % 2 === 0 ? (n * 31) % 100_000 : (n * 31) % large.people}`,
    'time (a new event is always the newest)': () => 'newest',
  };
  return Object.fromEntries(
    Object.entries(keys).map(([name, keyOf]) => {
      const load = new Array<number>(shards).fill(0);
      const entries = large.entriesPerSecond * 60;
      for (let n = 0; n < entries; n += 1) {
        const shard = shardOf(keyOf(n));
        load[shard] = (load[shard] ?? 0) + 1;
      }
      return [name, Math.max(...load) / (entries / shards)];
    }),
  );
}

export function growthInWords({ mongo, signIn, entry, eventBytes, personBytes, skew }: Growth): string[] {
  const { people, entriesPerSecond, signInShare, busySeconds } = large;
  const mix = (of: (cost: Cost) => number) => signInShare * of(signIn) + (1 - signInShare) * of(entry);
  const cpu = mix((cost) => cost.cpu);
  const hashing = signInShare * hashMs;
  const cores = (entriesPerSecond * (cpu + hashing)) / 1000;
  const events = mix((cost) => cost.events);
  const perDay = entriesPerSecond * busySeconds * events;
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return [
    `${people} people, ${entriesPerSecond} entries a second, ${signInShare * 100} % of them with a password (counted on ${mongo}):`,
    `  one sign-in: ${signIn.cpu.toFixed(2)} CPU-ms, ${signIn.events.toFixed(1)} events; one silent entry: ${entry.cpu.toFixed(2)} CPU-ms, ${entry.events.toFixed(1)} events`,
    `  hub: ${cpu.toFixed(2)} CPU-ms an entry and ${hashing.toFixed(1)} for passwords: ${cores.toFixed(0)} processors busy, ` +
      `${Math.ceil(cores / usedAtMost / coresPerNode)} nodes of ${coresPerNode} at ${usedAtMost * 100} %`,
    `  people: ${personBytes.toFixed(0)} B each, ${gib(people * personBytes)}`,
    `  record: ${eventBytes.toFixed(0)} B an event, ${(entriesPerSecond * events).toFixed(0)} events a second, ` +
      `${gib(perDay * eventBytes)} a day of ${busySeconds / 3600} such hours, without indexes and before compression`,
    ...Object.entries(skew).map(([key, most]) => `  key ${key}: hottest of 8 shards ${most.toFixed(2)} times the mean`),
  ];
}
