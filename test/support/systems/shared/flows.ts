/** A sign-in that is under way: what the answer must match (RFC 6749, 10.12; RFC 7636; OIDC Core, 3.1.2.1). */
export interface Flow {
  /** The browser that started it; only that one may finish it. */
  readonly browser: string;
  readonly verifier: string;
  readonly nonce: string;
  /** A path of this system. */
  readonly returnTo: string;
  readonly startedAt: number;
}

const longest = 30 * 60 * 1000;
const most = 10_000;

/** Sign-ins under way, by state. Each is taken once; several tabs may have one each. */
export class Flows {
  readonly #flows = new Map<string, Flow>();

  add(state: string, flow: Flow): void {
    for (const [old, { startedAt }] of this.#flows) {
      if (this.#flows.size < most && startedAt > Date.now() - longest) break;
      this.#flows.delete(old);
    }
    this.#flows.set(state, flow);
  }

  take(state: string, browser: string | undefined): Flow | undefined {
    const flow = this.#flows.get(state);
    if (flow === undefined || flow.browser !== browser) return undefined;
    this.#flows.delete(state);
    return flow.startedAt > Date.now() - longest ? flow : undefined;
  }
}
