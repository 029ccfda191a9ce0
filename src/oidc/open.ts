import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { safeReturnPath } from './hub-client.ts';
import type { ErrorPages } from './pages.ts';
import { redirect } from './respond.ts';
import { writeVia } from './via.ts';

/**
 * `GET /open/{system}?from={system}&path=/…`: the link from one system into another. The entry starts where the launchpad's
 * tile leads, as a third-party initiated login (OIDC Core, 4: `iss`, `target_link_uri`), and its record says where the
 * person came from. The system's own authorization request stays an ordinary one.
 */
export async function openSystem(
  services: Services,
  pages: ErrorPages,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const url = new URL(req.url ?? '/', services.settings.issuer);
  const directory = await systemDirectory(services);
  const system = directory.byId.get(url.pathname.slice('/open/'.length));
  if (system?.launchUri === undefined || !system.enabled) {
    const page = await pages.render(req, { status: 404, error: 'not_found', description: 'There is no such system' });
    res.writeHead(404, { 'Content-Type': 'text/html; charset=utf-8', ...page.headers });
    res.end(page.body);
    return;
  }
  const from = url.searchParams.get('from');
  if (from !== null && from !== system.id && directory.byId.has(from)) writeVia(services, res, system.id, from);
  const launch = new URL(system.launchUri);
  launch.searchParams.set('iss', services.settings.issuer);
  const path = url.searchParams.get('path');
  if (path !== null) launch.searchParams.set('target_link_uri', new URL(safeReturnPath(path), launch.origin).href);
  redirect(res, launch.href);
}
