import type { Pool } from 'undici';

export interface Answer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
  /** Seconds, as the header says; empty without one. */
  readonly retryAfter: string;
}

/** A browser reduced to cookies by name and path. It keeps nothing else, so that the measured side has the processor. */
export class Browser {
  readonly #pool: Pool;
  readonly #cookies = new Map<string, { path: string; value: string }>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The same browser the next morning: what ends with a session is gone, what knows the device is not. */
  nextDay(): Browser {
    const next = new Browser(this.#pool);
    for (const [name, cookie] of this.#cookies) if (name.endsWith('device')) next.#cookies.set(name, cookie);
    return next;
  }

  get(path: string): Promise<Answer> {
    return this.#send('GET', path, {});
  }

  post(path: string, form: Record<string, string>): Promise<Answer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.#send('POST', path, headers, new URLSearchParams(form).toString());
  }

  async #send(method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const cookie = this.#cookiesFor(path);
    const answer = await this.#pool.request({
      method,
      path,
      headers: cookie === '' ? headers : { ...headers, cookie },
      body: body ?? null,
    });
    const text = await answer.body.text();
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.#keep(line);
    const retryAfter = String(answer.headers['retry-after'] ?? '');
    return { status: answer.statusCode, location: String(answer.headers.location ?? ''), text, retryAfter };
  }

  #cookiesFor(path: string): string {
    const found: string[] = [];
    for (const [name, cookie] of this.#cookies) if (path.startsWith(cookie.path)) found.push(`${name}=${cookie.value}`);
    return found.join('; ');
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    const path = attributes.find((one) => one.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    const value = pair.slice(at + 1);
    if (value === '') this.#cookies.delete(pair.slice(0, at));
    else this.#cookies.set(pair.slice(0, at), { path, value });
  }
}
