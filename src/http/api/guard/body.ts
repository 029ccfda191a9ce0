import type { IncomingMessage } from 'node:http';
import { HubError } from '#domain/errors.ts';
import { readBounded } from '#http/bounded.ts';
import { faultsOf } from '../problem.ts';
import type { BodyDeclaration } from '../route.ts';
import { parseJson } from './json.ts';

const defaultLimit = 1024 * 1024;

/**
 * Reads and checks a request's body as its route declares it.
 * @throws HubError unsupported-type 415, too-large 413, bad-request 400 (not UTF-8, not JSON), invalid 422 with the faults
 */
export async function readBody<B>(req: IncomingMessage, declared: BodyDeclaration<B>): Promise<B> {
  const bodiless = req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined;
  const none = bodiless || req.headers['content-length'] === '0';
  if (!(none && declared.optional === true)) checkType(req, declared.type);
  const limit = declared.limit ?? defaultLimit;
  const text = none ? '' : decode(await readBounded(req, limit, `At most ${limit} bytes`));
  const given = declared.type === 'text/csv' ? text : text === '' && declared.optional ? {} : parseJson(text);
  const checked = declared.schema.safeParse(given);
  if (checked.success) return checked.data;
  throw new HubError('invalid', undefined, { faults: faultsOf(checked.error) });
}

/** A route without a body takes none: what would be ignored may have been meant. */
export function refuseBody(req: IncomingMessage): void {
  const length = req.headers['content-length'];
  if ((length !== undefined && length !== '0') || req.headers['transfer-encoding'] !== undefined) {
    throw new HubError('bad-request', 'This takes no body');
  }
}

function checkType(req: IncomingMessage, type: string): void {
  const [given = '', ...parameters] = (req.headers['content-type'] ?? '').split(';').map((part) => part.trim());
  const charset = parameters.find((part) => /^charset=/i.test(part))?.slice('charset='.length);
  const encoding = req.headers['content-encoding'] ?? 'identity';
  const utf8 = charset === undefined || /^"?utf-?8"?$/i.test(charset);
  if (given.toLowerCase() === type && utf8 && encoding === 'identity') return;
  throw new HubError('unsupported-type', `Send ${type} in UTF-8, not compressed`);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HubError('bad-request', 'The body is not UTF-8', { cause });
  }
}
