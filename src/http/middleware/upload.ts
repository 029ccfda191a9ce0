import type { Request, RequestHandler } from 'express';
import { HubError } from '#domain/errors.ts';
import { readBounded } from '#http/bounded.ts';

/** A form with a file, and what a long text comes to in it. */
const limit = 2_500_000;

/**
 * Reads a `multipart/form-data` body (RFC 7578) into `req.body`, as text: a field that comes more than once becomes a list, a
 * file its content. Goes before `csrf`, behind sign-in and permission. Other bodies are left to whoever read them before.
 * @throws HubError too-large, bad-request
 */
export const upload: RequestHandler = async (req, _res, next) => {
  const type = req.get('content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) return next();
  const bytes = await readBounded(req, limit, `A form with its texts may have ${limit} bytes`);
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
    const body: Record<string, string | string[]> = Object.create(null);
    for (const name of new Set(form.keys())) {
      const values = await Promise.all(form.getAll(name).map(textOf));
      body[name] = values.length === 1 ? (values[0] ?? '') : values;
    }
    req.body = body;
  } catch (cause) {
    throw cause instanceof HubError ? cause : new HubError('bad-request', undefined, { cause });
  }
  next();
};

async function textOf(value: string | File): Promise<string> {
  if (typeof value === 'string') return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await value.arrayBuffer());
  } catch (cause) {
    throw new HubError('bad-request', 'The file is not UTF-8; save it as UTF-8', { cause });
  }
}

/** Every value of a field: none, one or several. */
export function fieldList(req: Request, name: string): string[] {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return [];
  const value = (body as Record<string, unknown>)[name];
  return [value].flat().filter((one) => typeof one === 'string');
}
