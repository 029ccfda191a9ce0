import type { Request, Response } from 'express';
import { linkByDirectory } from '#actions/directories/link.ts';
import type { DirectorySource } from '#actions/directories/settings.ts';
import { context, type Flash } from '#http/context.ts';
import { cookie, cookieName } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { throttledLine } from '#http/pages/sign-in/password.ts';
import { render } from '#http/render/page.ts';

const path = '/account/methods';

/** Asks for name and password in the directory; that the account here is theirs was proved just now. */
export function directoryLinkPage(res: Response, { id, title }: DirectorySource): void {
  render(res, 'account/link-directory', { source: { id, title } });
}

export async function linkDirectory(req: Request, res: Response, source: DirectorySource): Promise<void> {
  const login = field(req, 'login');
  const knownDevice = cookie(req, cookieName(res, 'device'));
  const given = { login, password: field(req, 'password'), knownDevice };
  const { services } = context(res).deps;
  const result = await linkByDirectory(services, originOf(req, res), viewer(res).person, source, given);
  const values = { source: source.title };
  const again = (line: Flash) => {
    flash(res, line, { filled: { login } });
    res.redirect(303, `${path}/link/${encodeURIComponent(source.id)}`);
  };
  if (result.outcome === 'throttled') return again(throttledLine(res, result.retryAfter));
  if (result.outcome === 'refused') return again({ tone: 'bad', key: 'signIn.refused' });
  if (result.outcome === 'away') return again({ tone: 'warn', key: 'signIn.directoryAway', values });
  if (result.outcome === 'password-change') return again({ tone: 'warn', key: 'signIn.directoryPassword' });
  flash(res, { tone: result.outcome === 'linked' ? 'good' : 'bad', key: `source.${result.outcome}`, values });
  res.redirect(303, path);
}
