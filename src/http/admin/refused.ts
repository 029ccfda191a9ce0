import type { Response } from 'express';
import { HubError } from '#domain/errors.ts';
import { flash } from '#http/middleware/flash.ts';

/** Codes that say something about what was asked, so that the same page can say what to do. */
const sayable: ReadonlySet<string> = new Set([
  'invalid',
  'conflict',
  'too-large',
  'busy',
  'already-exists',
  'stale',
  'too-early',
  'separation-breached',
  'last-admin',
  'weak-password',
  'forbidden',
]);

/**
 * Runs the act of a form and leads back to the page (a function is asked when the act is done). What the act refuses becomes the line at its top, with what was
 * filled in kept; anything else goes on to the error page.
 */
export async function refusedAsLine(
  res: Response,
  back: string | (() => string),
  act: () => Promise<void>,
  filled?: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    if (!(thrown instanceof HubError) || !sayable.has(thrown.code)) throw thrown;
    const faults = thrown.faults.map(({ path, message }) => `${path}: ${message}`);
    const message = faults.length > 0 ? faults.join('; ') : thrown.message;
    flash(res, { tone: 'bad', key: 'admin.refused', values: { message } }, filled === undefined ? {} : { filled });
  }
  res.redirect(303, typeof back === 'string' ? back : back());
}
