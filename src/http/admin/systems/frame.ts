import type { Request, Response } from 'express';
import { mayCallScim } from '#actions/scim/tokens.ts';
import type { Services } from '#actions/services.ts';
import { getSystem, systemView } from '#actions/systems/list.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { text } from '../route.ts';

/** One tab of a system's pages. A further page of every system is a line in `tabs`. */
interface Tab {
  /** Names the text `connect.tab.<id>`. */
  readonly id: string;
  /** Below the system's own page. */
  readonly path: string;
  /** Shown only to those who may open it. */
  readonly write?: true;
  /** Only for systems that this holds of. */
  readonly when?: (system: Stored<System>) => boolean;
}

const tabs: readonly Tab[] = [
  { id: 'overview', path: '' },
  { id: 'guide', path: '/guide' },
  { id: 'test', path: '/test', write: true },
  { id: 'change', path: '/change', write: true },
  { id: 'accounts', path: '/accounts' },
  { id: 'scim', path: '/scim', when: mayCallScim },
  { id: 'history', path: '/history', write: true },
];

export const systemOf = ({ services }: { services: Services }, req: Request): Promise<Stored<System>> =>
  getSystem(services, text(req.params.id));

/** The address of a system's page, or of one below it. */
export const pathOf = (system: { readonly id: string }, below = ''): string =>
  `/admin/systems/${encodeURIComponent(system.id)}${below}`;

/** Renders a page of one system under its title and tabs. */
export function renderSystem(
  res: Response,
  services: Services,
  system: Stored<System>,
  current: { readonly tab?: string; readonly view: string },
  data: object,
  status = 200,
): void {
  const may = viewer(res).hub.has('hub:systems-write');
  render(
    res,
    `admin/systems/${current.view}`,
    {
      active: 'systems',
      record: systemView(services, system),
      moduleTitle: services.modules.get(system.provider)?.title ?? system.provider,
      configured: system.origin === 'config',
      may,
      tabs: tabs
        .filter(({ write, when = () => true }) => (may || write === undefined) && when(system))
        .map(({ id, path }) => ({ id, href: pathOf(system, path), current: id === current.tab })),
      ...data,
    },
    status,
  );
}
