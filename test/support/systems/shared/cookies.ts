import type { Request, Response } from 'express';

/** Browsers share cookies between the ports of one host, so each system has names of its own: `crm_session`, `erp_session`. */
export function readCookie(req: Request, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Lax: it must come along when the hub sends the person back, and never with a form that another site posts. */
export function writeCookie(res: Response, name: string, value: string, baseUrl: string): void {
  res.cookie(name, value, { httpOnly: true, sameSite: 'lax', secure: baseUrl.startsWith('https:'), path: '/' });
}

export function clearCookie(res: Response, name: string): void {
  res.clearCookie(name, { path: '/' });
}
