import type { AuditEvent } from './event.ts';
import { firstPrev, hashEvent, personalDigest } from './hash.ts';

/** The first record of a writer that is not as it was written. */
export interface BadRecord {
  readonly writer: string;
  readonly seq: number;
  readonly reason: string;
}

/** Where a checkpoint saw the chain. */
interface SeenHead {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Walks one writer's chain, event by event, and remembers the lowest `seq` at which it is broken.
 *
 * A record that is missing, stands elsewhere or comes twice is bad under its own number. When a record names another `prev`
 * than the record before has as `hash`, and its successor vouches for it, then the record before was changed and hashed anew.
 */
export class ChainCheck {
  readonly #writer: string;
  readonly #seen: SeenHead | undefined;
  #expected: number | undefined;
  #hash: string | undefined = firstPrev;
  /** The record just read, if it did not follow from the one before. */
  #doubted: { readonly seq: number; readonly hash: string } | undefined;
  #bad: BadRecord | undefined;
  #passedHead = false;

  constructor(writer: string, seen: SeenHead | undefined, partial: boolean) {
    this.#writer = writer;
    this.#seen = seen;
    this.#expected = partial ? undefined : 1;
  }

  add(event: AuditEvent): void {
    const { seq } = event;
    if (!Number.isSafeInteger(seq) || seq < 1) {
      this.#fault(this.#expected ?? 0, 'the record has no number');
      return;
    }
    const intact = this.#checkRecord(event);
    if (this.#expected === undefined) this.#hash = event.prev;
    const expected = this.#expected ?? seq;
    if (seq === expected) this.#checkLink(event, intact);
    else this.#checkGap(seq, expected);
    this.#checkHead(event);
    // A stray record from before does not move the walk.
    if (seq < expected) return;
    this.#expected = seq + 1;
    this.#hash = event.hash;
  }

  /** What was found once every event of the export has been seen. */
  end(): BadRecord | undefined {
    this.#settleDoubt(undefined);
    if (this.#seen !== undefined && !this.#passedHead) {
      const next = this.#expected ?? 1;
      if (next <= this.#seen.seq) {
        this.#fault(next, `the chain ends at ${next - 1}, a checkpoint saw it at ${this.#seen.seq}: the tail was cut`);
      }
    }
    return this.#bad;
  }

  #checkRecord(event: AuditEvent): boolean {
    const intact = own(event) === event.hash;
    if (!intact) this.#fault(event.seq, 'the record was changed: it does not match its hash');
    const { personal, personalDigest: digest, personalSalt: salt } = event;
    const gone = (personal ?? null) === null && (salt ?? null) === null;
    if (!gone && (digest === undefined || digestOf(event) !== digest)) {
      this.#fault(event.seq, 'the personal part was changed: it does not match its digest');
    }
    return intact;
  }

  #checkLink(event: AuditEvent, intact: boolean): void {
    this.#settleDoubt(event.prev);
    // What a changed record says of the one before is no evidence against that one.
    if (event.prev === this.#hash || !intact) return;
    if (event.seq === 1) this.#fault(1, 'the first record names a record before it');
    else this.#doubted = { seq: event.seq, hash: event.hash };
  }

  #checkGap(seq: number, expected: number): void {
    this.#settleDoubt(undefined);
    if (seq < expected) this.#fault(seq, `the record stands behind ${expected - 1}: it was inserted or moved`);
    else if (expected === 1) this.#fault(1, `the records before ${seq} are missing`);
    else this.#fault(expected, `the record is missing: ${seq} stands in its place`);
  }

  /** @param prev what the doubted record's successor names as the hash before it; undefined when there is none. */
  #settleDoubt(prev: string | undefined): void {
    const doubted = this.#doubted;
    if (doubted === undefined) return;
    this.#doubted = undefined;
    if (prev === undefined || prev === doubted.hash) {
      this.#fault(doubted.seq - 1, 'the record was changed and hashed anew: its successor names another hash');
    } else this.#fault(doubted.seq, 'the record does not follow from the one before');
  }

  #checkHead(event: AuditEvent): void {
    const seen = this.#seen;
    if (seen === undefined || event.seq !== seen.seq) return;
    this.#passedHead = true;
    if (event.hash !== seen.hash)
      this.#fault(seen.seq, 'a checkpoint saw another record here: the chain was rewritten');
  }

  #fault(seq: number, reason: string): void {
    if (this.#bad === undefined || seq < this.#bad.seq) this.#bad = { writer: this.#writer, seq, reason };
  }
}

function own(event: AuditEvent): string | undefined {
  try {
    return hashEvent(event);
  } catch {
    return undefined;
  }
}

function digestOf(event: AuditEvent): string | undefined {
  const { personal, personalSalt: salt } = event;
  if (typeof salt !== 'string' || personal === null || personal === undefined) return undefined;
  try {
    return personalDigest(salt, personal);
  } catch {
    return undefined;
  }
}
