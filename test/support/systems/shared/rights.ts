import type { Response } from 'express';
import { html } from './html.ts';
import { type Face, sendPage } from './page.ts';
import type { Session } from './sessions.ts';

/** Does the person hold this permission in this system? If not, a page says which one is missing. */
export function mayDo(res: Response, face: Face, session: Session, permission: string): boolean {
  if (session.profile.permissions.includes(permission)) return true;
  sendPage(res, face, {
    title: 'Not among your rights',
    status: 403,
    session,
    body: html`<p>This page needs the permission <strong>${permission}</strong> in ${face.title}, which you do not have.</p>`,
  });
  return false;
}
