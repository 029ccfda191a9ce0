import type { Request, Response } from 'express';
import type { HttpDeps } from '#http/deps.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';

/** `/admin/audit-export`: leads to the export of the API, over a fresh sign-in where the last one is long ago. */
export async function auditExport(req: Request, res: Response, _deps: HttpDeps): Promise<void> {
  if (!(await freshOrAgain(res, req.originalUrl))) return;
  res.redirect(303, `/api/v1/audit/export${new URL(req.originalUrl, 'http://hub.invalid').search}`);
}
