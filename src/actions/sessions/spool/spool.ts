import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { unfinished, writeDurably } from '#platform/durable.ts';
import type { Logger } from '#platform/log.ts';
import type { Sealer } from '#platform/seal.ts';
import type { Stored } from '#storage/collection.ts';
import { type SessionRecord, sessions } from '#storage/collections.ts';
import { type Engine, StoreUnavailable } from '#storage/port.ts';
import { drawReserve, fillReserve } from './reserve.ts';

const suffix = '.sign-out';
const faultySuffix = '.faulty';
const purpose = 'spool';
/** While the store is away nobody can say which sessions exist, so made-up ones must not fill the disk. */
const most = 10_000;
const mostOfOneAddress = 500;

const schema = z.object({
  /** Id of the session's record: the SHA-256 of the cookie. */
  session: z.string(),
  /** Its public id, where it was known. */
  uid: z.string().optional(),
  /** When the person signed out, in ms. */
  at: z.number(),
  request: z.string().optional(),
  ip: z.string().optional(),
  agent: z.string().optional(),
});

/** A sign-out that the store has not taken yet. */
export type SpooledSignOut = z.infer<typeof schema>;

/**
 * Sign-outs that happened while the store was away: one sealed file each under `<data>/spool`, on disk before the person is
 * told. From then on the session is over for this process; also after a restart, since the folder is read at the start.
 */
export class SignOutSpool {
  readonly #folder: string;
  readonly #seal: Sealer;
  readonly #log: Logger;
  readonly #engine: Pick<Engine, 'get' | 'find'>;
  readonly #entries = new Map<string, SpooledSignOut>();

  /**
   * @param data the hub's data folder
   * @param parts.engine in which the sessions are still found
   */
  constructor(data: string, parts: { engine: Pick<Engine, 'get' | 'find'>; seal: Sealer; log: Logger }) {
    const { engine, seal, log } = parts;
    this.#folder = join(data, 'spool');
    this.#seal = seal;
    this.#log = log;
    this.#engine = engine;
    if (existsSync(this.#folder)) this.#read();
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Is the session with this record id signed out, though the store does not know it yet? */
  has(session: string): boolean {
    return this.#entries.has(session);
  }

  entries(): readonly SpooledSignOut[] {
    return [...this.#entries.values()];
  }

  /** Makes the folder and sets room aside in it, for whoever signs out on a full disk. */
  prepare(): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      fillReserve(this.#folder);
    } catch (error) {
      this.#log.warn({ err: error }, 'no room could be set aside for sign-outs on a full disk');
    }
  }

  /** Keeps a sign-out; it is on disk afterwards. @throws StoreUnavailable when it cannot be kept either. */
  add(entry: SpooledSignOut): void {
    if (this.#entries.has(entry.session)) return;
    if (this.#isFlood(entry.ip)) throw new StoreUnavailable('too many sign-outs wait for the store');
    const text = `${this.#seal.seal(purpose, JSON.stringify(entry))}\n`;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#write(this.#fileOf(entry.session), text);
    } catch (error) {
      throw new StoreUnavailable('neither the store nor the spool can be written', error);
    }
    this.#entries.set(entry.session, entry);
  }

  /** The session as the store still has it: by its id, or by its public one if it was given a new id meanwhile. */
  async stored({ session, uid }: SpooledSignOut): Promise<Stored<SessionRecord> | undefined> {
    const found = await this.#engine.get(sessions, session);
    if (found !== undefined || uid === undefined) return found;
    return (await this.#engine.find(sessions, { where: { uid }, limit: 1 })).items[0];
  }

  /** The store has it now. */
  done(session: string): void {
    rmSync(this.#fileOf(session), { force: true });
    this.#entries.delete(session);
  }

  #write(file: string, text: string): void {
    try {
      writeDurably(file, text);
    } catch (error) {
      const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
      // In one go, so that nobody else of this process takes the room meanwhile.
      if (!full || !drawReserve(this.#folder)) throw error;
      writeDurably(file, text);
    }
  }

  #isFlood(ip: string | undefined): boolean {
    if (this.#entries.size >= most) return true;
    let same = 0;
    for (const entry of this.#entries.values()) if (entry.ip === ip) same += 1;
    return same >= mostOfOneAddress;
  }

  #fileOf(session: string): string {
    return join(this.#folder, `${session}${suffix}`);
  }

  #read(): void {
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      // Nobody was told that this one is kept.
      if (name.endsWith(unfinished)) rmSync(file, { force: true });
      if (!name.endsWith(suffix)) continue;
      try {
        const entry = schema.parse(JSON.parse(this.#seal.open(purpose, readFileSync(file, 'utf8').trim())));
        if (name !== `${entry.session}${suffix}`) throw new Error('it names another session than its file');
        this.#entries.set(entry.session, entry);
      } catch (error) {
        renameSync(file, `${file}${faultySuffix}`);
        this.#log.error(
          { err: error, file: `${file}${faultySuffix}` },
          'a spooled sign-out cannot be read and was set aside',
        );
      }
    }
  }
}
