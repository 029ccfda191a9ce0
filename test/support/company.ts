import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '#domain/audit/event.ts';
import { createLog } from '#platform/log.ts';
import { samplePeople } from '../../config/demo/sample-people.ts';
import { type Demo, startDemo } from '../../config/demo/start.ts';
import { freePort } from './booted.ts';
import { type Answer, Browser } from './browser.ts';
import { inOrder } from './in-order.ts';
import { storeOfThisPass } from './store.ts';

export interface Company extends Demo {
  /** Every event so far, oldest first. */
  events(): Promise<AuditEvent[]>;
}

/** The sample company on free ports with a store of its own: the hub and both systems, as `npm run demo` starts them. */
export async function startCompany(t: { after(end: () => Promise<void>): void }): Promise<Company> {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const ports = { hub: await freePort(), crm: 0, erp: 0 };
  const demo = await startDemo({
    ports,
    data,
    log: createLog({ level: 'silent' }),
    env: storeOfThisPass(),
  });
  t.after(async () => {
    await demo.close();
    rmSync(data, { recursive: true, force: true });
  });
  return {
    ...demo,
    events: async () => {
      const events = await Array.fromAsync(demo.hub.services.store.audit.export({}));
      return events.sort(inOrder);
    },
  };
}

/** The printed passphrase of one of the sample people, found by the beginning of their e-mail. */
export function samplePerson(name: string): { email: string; passphrase: string } {
  const found = samplePeople.find(({ email }) => email.startsWith(name));
  if (found === undefined) throw new Error(`${name} is not among the sample people`);
  return found;
}

/** Somebody with a browser that follows every redirect, from one system to the hub and back. */
export class Walker {
  readonly #browser = new Browser();

  async get(url: string): Promise<Answer> {
    return this.#land(await this.#browser.get(url));
  }

  /** Posts the page's form as a browser would: its hidden fields go along. */
  async submit(
    page: Answer,
    fields: Record<string, string>,
    action: string = new URL(page.url).pathname,
  ): Promise<Answer> {
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([\w-]+)" value="([^"]*)"/g)];
    const form = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    return this.#land(await this.#browser.post(new URL(action, page.url).href, { ...form, ...fields }));
  }

  /** Opens an address and signs in at the hub on the way. */
  async signIn(url: string, name: string): Promise<Answer> {
    const form = await this.get(url);
    const { email, passphrase } = samplePerson(name);
    return this.submit(form, { identifier: email, password: passphrase });
  }

  async #land(answer: Answer): Promise<Answer> {
    let page = answer;
    for (let hops = 0; page.location !== undefined; hops += 1) {
      if (hops > 15) throw new Error(`redirected without end, last to ${page.location}`);
      page = await this.#browser.get(new URL(page.location, page.url).href);
    }
    return page;
  }
}
