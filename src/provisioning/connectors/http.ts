import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorFault, type ConnectorSettings } from '#actions/provisioning/port.ts';
import { provisioningSecrets } from '#domain/provisioning/settings.ts';
import { guardedFetch, OutboundRefused } from '#platform/outbound.ts';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is where it is text. */
  readonly body?: unknown;
  /** Statuses that are an answer and no fault, such as 404 for somebody who is not there. */
  readonly accept?: readonly number[];
}

export interface Answer {
  readonly status: number;
  /** Undefined where there was no body. */
  readonly json: unknown;
}

const timeoutMs = 30_000;
const maxBytes = 8_000_000;
/** A product that asks to wait for at most this long (ms) is waited for; longer, the run rests. */
const patience = 10_000;
const mostWaits = 4;

/** Speaks JSON with one product: through the outbound guard, no faster than it allows, and with faults that say what is wrong. */
export class ProductHttp {
  readonly #settings: ConnectorSettings;
  readonly #base: string;
  #nextAt = 0;

  constructor(settings: ConnectorSettings) {
    this.#settings = settings;
    this.#base = settings.url.replace(/\/+$/, '');
  }

  /** @param path begins with `/`, below the address of the settings @throws ConnectorFault */
  async call(path: string, call: Call = {}): Promise<Answer> {
    for (let waits = 0; ; waits++) {
      await this.#turn();
      const answer = await this.#send(path, call);
      const wait = answer.status === 429 || answer.status === 503 ? retryAfterOf(answer) : undefined;
      const hopeless = wait === undefined || wait > patience || waits === mostWaits;
      if (!hopeless) await sleep(wait);
      else return this.#read(answer, call, wait);
    }
  }

  /** With a rate, requests start evenly. */
  async #turn(): Promise<void> {
    const { rate } = this.#settings;
    if (rate === undefined) return;
    const now = performance.now();
    this.#nextAt = Math.max(now, this.#nextAt + 1000 / rate);
    if (this.#nextAt > now) await sleep(this.#nextAt - now);
  }

  async #send(path: string, { method = 'GET', headers = {}, body }: Call): Promise<Response> {
    const { allow, allowLoopback } = this.#settings;
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const type = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' };
    try {
      return await guardedFetch(`${this.#base}${path}`, {
        ...{ allow, allowLoopback, timeoutMs, maxBytes, method, ...sent },
        headers: { accept: 'application/json', ...type, ...headers },
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : 'no answer';
      const remedy = cause instanceof OutboundRefused ? '; list the network under outbound.allow if it is meant' : '';
      throw new ConnectorFault('unreachable', `${new URL(this.#base).host} cannot be reached: ${why}${remedy}`, {
        cause: error,
      });
    }
  }

  async #read(answer: Response, { accept = [] }: Call, wait: number | undefined): Promise<Answer> {
    const { status } = answer;
    const text = await answer.text();
    const json = parsed(text);
    if ((status >= 200 && status < 300) || accept.includes(status)) {
      if (json !== undefined || text === '') return { status, json };
      throw new ConnectorFault(
        'unexpected',
        `answered ${status} with ${/^\s*</.test(text) ? 'a web page' : 'text'} where JSON was due: check the address`,
      );
    }
    const said = this.#hidden(saidIn(json));
    const because = said === '' ? '' : `: ${said}`;
    if (status === 401 || status === 403)
      throw new ConnectorFault('unauthorized', `refused the hub's credentials (${status})${because}`);
    if (status === 429 || wait !== undefined)
      throw new ConnectorFault('busy', `asked to wait (${status})`, wait === undefined ? {} : { retryAfter: wait });
    if (status >= 500) throw new ConnectorFault('unreachable', `failed (${status})${because}`);
    if (status >= 300 && status < 400)
      throw new ConnectorFault('unexpected', `answered with a redirect (${status}): give the address that it leads to`);
    throw new ConnectorFault('refused', `refused (${status})${because}`);
  }

  /** What a product says may repeat what it was sent. */
  #hidden(text: string): string {
    let hidden = text;
    for (const name of provisioningSecrets) {
      const secret = this.#settings[name];
      if (secret !== undefined && secret.length > 3) hidden = hidden.replaceAll(secret, '…');
    }
    return hidden.replace(/\s+/g, ' ').slice(0, 300);
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3); without one a second. */
function retryAfterOf(answer: Response): number | undefined {
  const header = answer.headers.get('retry-after');
  if (header === null) return answer.status === 429 ? 1000 : undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 1000;
}

/** The sentence of an error document, as the products write them. */
function saidIn(json: unknown): string {
  const body = record(json);
  const error = record(body.error);
  const errors = Array.isArray(body.errors) ? record(body.errors[0]) : record(body.errors);
  const candidates = [
    ...[body.detail, body.message, body.error_description, body.exception, body._error_message, error.message],
    ...[record(error.data).message, errors.detail, errors.title, body.error],
  ];
  return candidates.find((one): one is string => typeof one === 'string' && one !== '') ?? '';
}

/** An object to look into, whatever came. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** @throws ConnectorFault where a product does not answer with a list */
export function listIn(value: unknown, what: string): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.map(record);
  throw new ConnectorFault('unexpected', `answered without ${what}: check the address and the version`);
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
}
