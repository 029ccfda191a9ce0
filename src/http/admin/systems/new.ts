import type { Request, Response } from 'express';
import { connectSystem, usualSide } from '#actions/systems/connect.ts';
import { requireScopes } from '#actions/systems/reach.ts';
import { HubError } from '#domain/errors.ts';
import { registrationFrom } from '#domain/providers/registration.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { askedSettings, needsBase } from '#domain/providers/values.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { repeat } from '../repeat.ts';
import { text } from '../route.ts';
import { pathOf } from './frame.ts';
import { showOnce } from './once.ts';
import { productGroups, protocolsOf } from './products.ts';

const start = '/admin/systems/new';

/** `/admin/systems/new`: choose a product; with `?provider=` the form that connects it. */
export async function newSystemPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const provider = text(req.query.provider);
  if (provider !== '') {
    const module = moduleOf(services.modules, provider);
    // Asked before anything is typed: a form that is sent too late would have to be filled in again.
    if (await freshOrAgain(res, `${start}?provider=${module.id}`)) showForm(res, module, {}, {});
    return;
  }
  const q = text(req.query.q).slice(0, 100);
  render(res, 'admin/systems/choose', {
    active: 'systems',
    q,
    groups: productGroups(services.modules.values(), q).map(({ side, products }) => ({
      side,
      products: products.map((module) => ({
        id: module.id,
        title: module.title,
        protocols: protocolsOf(module),
        exceptions: module.exceptions?.length ?? 0,
      })),
    })),
  });
}

/** Connects the product and leads on to its guide, where the secret is shown once. */
export async function newSystemPost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const provider = field(req, 'provider');
  const module = moduleOf(services.modules, provider);
  if (!(await freshOrAgain(res, repeat(`${start}?provider=${module.id}`)))) return;
  const typed = typedIn(req, module);
  try {
    const { system, secret } = await connectSystem(
      services,
      originOf(req, res),
      { provider, ...answersOf(typed, module) },
      (made) => requireScopes(viewer(res).hub, made.machine?.scopes),
    );
    if (secret !== undefined) showOnce(res, system.id, secret);
    flash(res, { tone: 'good', key: 'connect.done', values: { name: system.title } });
    res.redirect(303, pathOf(system, '/guide'));
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.status >= 500) throw thrown;
    const faults = Object.fromEntries(thrown.faults.map(({ path, message }) => [path.replace(/\[.*$/, ''), message]));
    if (thrown.code === 'already-exists') faults.id = thrown.message;
    context(res).flash = { tone: 'bad', key: 'admin.refused', values: { message: thrown.message } };
    showForm(res, module, typed, faults, thrown.status);
  }
}

/** @throws HubError `not-found` */
function moduleOf(modules: ReadonlyMap<string, SystemModule>, id: string): SystemModule {
  const module = modules.get(id);
  if (module === undefined) throw new HubError('not-found');
  return module;
}

type Typed = Readonly<Record<string, string>>;

function typedIn(req: Request, module: SystemModule): Typed {
  const names = ['title', 'url', 'side', 'open', 'id', 'redirectUris', ...askedNames(module)];
  return Object.fromEntries(names.map((name) => [name, field(req, name).trim()]));
}

const askedNames = (module: SystemModule) => askedSettings(module).map((name) => `settings.${name}`);

function answersOf(typed: Typed, module: SystemModule) {
  const given = (name: string) => (typed[name] === '' ? undefined : typed[name]);
  const side = (['crm', 'erp', 'other'] as const).find((one) => one === typed.side);
  const uris = (typed.redirectUris ?? '').split(/\s+/).filter(Boolean);
  const settings = Object.fromEntries(
    askedSettings(module).flatMap((name) => {
      const value = given(`settings.${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    title: typed.title ?? '',
    settings,
    ...(typed.open === 'yes' ? { open: true } : {}),
    ...(given('url') === undefined ? {} : { url: given('url') }),
    ...(given('id') === undefined ? {} : { id: given('id') }),
    ...(side === undefined ? {} : { side }),
    ...(uris.length === 0 ? {} : { redirectUris: uris }),
  };
}

function showForm(res: Response, module: SystemModule, typed: Typed, faults: Typed, status = 200): void {
  const answers = { id: '…', title: '', side: usualSide(module), url: 'https://…' };
  const { registration } = registrationFrom(module, answers, context(res).deps.services.settings.issuer);
  render(
    res,
    'admin/systems/new',
    {
      active: 'systems',
      module: {
        id: module.id,
        title: module.title,
        sides: module.sides,
        protocols: protocolsOf(module),
        quirks: module.quirks ?? [],
        exceptions: module.exceptions ?? [],
      },
      usual: {
        // The module for everything else names no product.
        title: module.id === 'generic' ? '' : module.title,
        side: usualSide(module),
        redirectUris: registration.redirectUris,
      },
      asksUrl: needsBase(module),
      asked: askedSettings(module),
      typed,
      faults,
    },
    status,
  );
}
