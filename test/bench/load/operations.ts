import { Pool } from 'undici';
import type { Target } from '../child.ts';
import type { Browser } from './browser.ts';
import { RelyingParty, type Tokens } from './relying-party.ts';

export const inFlight = 16;

/** One of the measured acts. */
export interface Operation {
  readonly name: string;
  /** CPU per operation as a multiple of the bare library's, or in milliseconds. */
  readonly aim: { readonly times: number } | { readonly ms: number };
  /** Operations for each one of a round, as quick ones need more of them to be measured. */
  readonly weight: number;
  readonly run: (visit: Visit, n: number) => Promise<unknown>;
}

const latest = <T>(list: readonly T[], n: number): T => {
  const one = list[n % list.length];
  if (one === undefined) throw new Error('nobody has signed in yet');
  return one;
};

/** In the order of a round: who signed in first enters, refreshes and is asked about afterwards. */
export const operations: readonly Operation[] = [
  { name: 'sign-in', aim: { times: 1.25 }, weight: 1, run: (visit) => visit.signIn() },
  { name: 'on a new browser', aim: { times: 1.25 }, weight: 1, run: (visit) => visit.signInOnNew() },
  {
    name: 'silent entry',
    aim: { times: 1.25 },
    weight: 1,
    run: (visit, n) => visit.party.enter(latest(visit.browsers, n), 'erp'),
  },
  { name: 'client credentials', aim: { times: 1.5 }, weight: 3, run: (visit) => visit.party.clientCredentials() },
  { name: 'refresh', aim: { times: 1.4 }, weight: 2, run: (visit, n) => visit.party.refresh(latest(visit.tokens, n)) },
  {
    name: 'userinfo',
    aim: { times: 1.25 },
    weight: 3,
    run: (visit, n) => visit.party.userinfo(latest(visit.tokens, n)),
  },
  {
    name: 'introspection',
    aim: { times: 1.25 },
    weight: 3,
    run: (visit, n) => visit.party.introspect(latest(visit.tokens, n)),
  },
  {
    name: 'discovery',
    aim: { ms: 0.03 },
    weight: 6,
    run: (visit) => visit.party.fetch('/.well-known/openid-configuration'),
  },
  { name: 'JWKS', aim: { ms: 0.03 }, weight: 6, run: (visit) => visit.party.fetch('/jwks') },
];

/** The load on one target: its connections, and who is signed in there since this round began. */
export class Visit {
  readonly target: Target;
  readonly party: RelyingParty;
  browsers: Browser[] = [];
  tokens: Tokens[] = [];
  readonly #pool: Pool;
  readonly #people: number;
  /** By person: where they signed in last. */
  readonly #known = new Map<number, Browser>();
  #next = 0;

  constructor(target: Target, people: number) {
    this.target = target;
    this.#pool = new Pool(target.issuer, { connections: inFlight, pipelining: 1 });
    this.#people = people;
    this.party = new RelyingParty(this.#pool);
  }

  newRound(): void {
    this.browsers = [];
    this.tokens = [];
  }

  /** As on most days: on the browser that the person used before. */
  async signIn(): Promise<void> {
    const person = this.#next++ % this.#people;
    const browser = this.#known.get(person)?.nextDay() ?? this.party.browser();
    const tokens = await this.party.signIn(person, browser);
    this.#known.set(person, browser);
    this.browsers.push(browser);
    this.tokens.push(tokens);
  }

  /** As on the first day, after which the hub writes the person a letter about it. */
  async signInOnNew(): Promise<void> {
    await this.party.signIn(this.#next++ % this.#people, this.party.browser());
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
