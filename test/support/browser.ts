/** A browser reduced to what a protocol test needs: cookies by name and path, redirects followed by hand, forms posted. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: Headers;
  readonly text: string;
  readonly url: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export class Browser {
  /** origin -> name and path -> cookie */
  readonly #jars = new Map<string, Map<string, Cookie>>();

  async get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(url, { method: 'GET', headers });
  }

  async post(url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: new URL(url).origin };
    return this.#send(url, {
      method: 'POST',
      headers: { ...type, ...headers },
      body: new URLSearchParams(form).toString(),
    });
  }

  /** Any other request, with the cookies of its address. */
  async send(url: string, init: RequestInit): Promise<Answer> {
    return this.#send(url, init);
  }

  /** Follows redirects as long as they stay on this origin; answers the first page, or the redirect that leaves. */
  async follow(url: string): Promise<Answer> {
    const { origin } = new URL(url);
    let answer = await this.get(url);
    for (let hops = 0; hops < 10 && answer.location !== undefined; hops += 1) {
      const next = new URL(answer.location, answer.url);
      if (next.origin !== origin) return answer;
      answer = await this.get(next.href);
    }
    return answer;
  }

  cookie(url: string, name: string): string | undefined {
    return this.#cookiesFor(url).find(([each]) => each === name)?.[1];
  }

  clear(): void {
    this.#jars.clear();
  }

  /** A second window: the same cookies, kept apart from now on. */
  copy(): Browser {
    const other = new Browser();
    for (const [origin, jar] of this.#jars) other.#jars.set(origin, new Map(jar));
    return other;
  }

  #cookiesFor(url: string): [string, string][] {
    const { origin, pathname } = new URL(url);
    return [...(this.#jars.get(origin) ?? new Map<string, Cookie>())]
      .filter(([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(([key, { value }]) => [key.slice(0, key.indexOf('|')), value]);
  }

  async #send(url: string, init: RequestInit): Promise<Answer> {
    const cookies = this.#cookiesFor(url).map(([name, value]) => `${name}=${value}`);
    const headers = new Headers(init.headers);
    if (cookies.length > 0) headers.set('Cookie', cookies.join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    const { origin } = new URL(url);
    for (const line of answer.headers.getSetCookie()) this.#keep(origin, line);
    const location = answer.headers.get('location') ?? undefined;
    return { status: answer.status, location, headers: answer.headers, text: await answer.text(), url };
  }

  #keep(origin: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const find = (wanted: string) => attributes.find((one) => one.toLowerCase().startsWith(wanted))?.split('=')[1];
    const path = find('path=') ?? '/';
    const gone = find('max-age=') === '0' || Date.parse(find('expires=') ?? '2999-01-01') < Date.now();
    const jar = this.#jars.get(origin) ?? new Map<string, Cookie>();
    this.#jars.set(origin, jar);
    if (gone || value === '') jar.delete(`${name}|${path}`);
    else jar.set(`${name}|${path}`, { value, path });
  }
}
