import type { Request, Response } from 'express';
import { listSources } from '#actions/sources/directory.ts';
import { sourceView } from '#actions/sources/record.ts';
import { sourceProviders } from '#domain/sources/source.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';

/** `/admin/sources` */
export async function sourcesPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const sources = (await listSources(services)).map(sourceView);
  render(res, 'admin/sources', { active: 'sources', sources, providers: sourceProviders });
}
