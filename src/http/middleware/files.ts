import type { RequestHandler } from 'express';
import { HubError } from '#domain/errors.ts';
import { readBounded } from '#http/bounded.ts';

/** A file of a form. */
export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of a whole form; each file has a limit of its own where it is used. */
const formLimit = 80 * 1024 * 1024;

/**
 * Reads a form with files (multipart/form-data, RFC 7578): texts into `req.body`, files into `res.locals.uploads` by field. Goes
 * after the permission, so that nobody else can make the hub take in so much, and before the form token, which is a field.
 */
export const takeFiles: RequestHandler = async (req, res, next) => {
  const type = req.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) return next();
  const remedy = `A form may have ${formLimit / 1024 / 1024} MiB`;
  const body = await readBounded(req, formLimit, remedy);
  const form = await new Response(body as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw new HubError('bad-request', 'The form is not well-formed', { cause });
    });
  const texts: Record<string, string> = Object.create(null);
  const uploads = new Map<string, Upload>();
  for (const [name, value] of form) {
    if (typeof value === 'string') texts[name] = value;
    else if (value.size > 0 || value.name !== '')
      uploads.set(name, { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  req.body = texts;
  res.locals.uploads = uploads;
  next();
};

/** A file of the form, if one was chosen. */
export function uploaded(locals: Record<string, unknown>, field: string): Upload | undefined {
  const { uploads } = locals;
  return uploads instanceof Map ? (uploads.get(field) as Upload | undefined) : undefined;
}
