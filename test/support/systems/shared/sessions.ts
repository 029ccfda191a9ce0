import { randomBytes } from 'node:crypto';

/** What the hub said of a person when they came in, or at the last refresh. */
export interface Profile {
  readonly sub: string;
  readonly name: string;
  readonly login: string;
  readonly permissions: readonly string[];
  readonly roles: readonly string[];
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** For signing out at the hub. */
  readonly idToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A person's stay in this system. */
export interface Session {
  readonly id: string;
  /** Stands in every form, so that no other site can post one. */
  readonly csrf: string;
  /** The hub's session, as the ID token names it. */
  readonly sid: string | undefined;
  profile: Profile;
  tokens: Tokens;
}

/** Longest stay without signing in again, in milliseconds; the hub ends most of them sooner. */
const longest = 12 * 60 * 60 * 1000;

/** Sessions of one system, in memory. */
export class Sessions {
  readonly #sessions = new Map<string, { session: Session; endsAt: number }>();

  start(sid: string | undefined, profile: Profile, tokens: Tokens): Session {
    const session = { id: randomName(), csrf: randomName(), sid, profile, tokens };
    this.#sessions.set(session.id, { session, endsAt: Date.now() + longest });
    return session;
  }

  get(id: string | undefined): Session | undefined {
    const found = id === undefined ? undefined : this.#sessions.get(id);
    if (found === undefined || found.endsAt > Date.now()) return found?.session;
    this.#sessions.delete(found.session.id);
    return undefined;
  }

  end(id: string): void {
    this.#sessions.delete(id);
  }

  /** Ends the sessions that a logout token means: those of one hub session, or else all of the person's. */
  endFor({ sid, sub }: { sid?: string | undefined; sub?: string | undefined }): number {
    let ended = 0;
    for (const { session } of [...this.#sessions.values()]) {
      if (sid === undefined ? session.profile.sub !== sub : session.sid !== sid) continue;
      this.#sessions.delete(session.id);
      ended += 1;
    }
    return ended;
  }

  list(): Session[] {
    return [...this.#sessions.values()].map(({ session }) => session);
  }
}

export function randomName(): string {
  return randomBytes(24).toString('base64url');
}
