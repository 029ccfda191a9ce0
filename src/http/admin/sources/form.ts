import type { Request, Response } from 'express';
import { changeSource } from '#actions/sources/change.ts';
import { createSource } from '#actions/sources/create.ts';
import { getSource } from '#actions/sources/directory.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import { HubError } from '#domain/errors.ts';
import { movedSecretFault } from '#domain/sources/faults.ts';
import { isOpenIdProvider, type SourceProvider, sourceProviders } from '#domain/sources/source.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { checkSource } from '#settings/source.ts';
import { text } from '../route.ts';
import { fieldsFor, shownIn, typedInto } from './fields.ts';

/** `/admin/sources/new?provider=…` */
export async function newSourcePage(req: Request, res: Response): Promise<void> {
  show(res, { provider: providerOf(text(req.query.provider)), values: {}, faults: {} });
}

/** `/admin/sources/:id/change` */
export async function changeSourcePage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const source = await getSource(services, text(req.params.id));
  const settings = { ...sourceSettingsOf(services, source) };
  const fields = fieldsFor(source.provider);
  const values = Object.fromEntries(fields.map((one) => [one.name, shownIn(one, settings)]));
  show(res, {
    provider: source.provider,
    id: source.id,
    version: source.version,
    title: source.title,
    values,
    faults: {},
  });
}

/** Makes or changes a source, or shows the form again with each fault beside its field. */
export async function sourcePost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const changing = text(req.params.id);
  const before = changing === '' ? undefined : await getSource(services, changing);
  const provider = before?.provider ?? providerOf(field(req, 'provider'));
  const back = before === undefined ? `/admin/sources/new?provider=${provider}` : `/admin/sources/${before.id}/change`;
  if (!(await freshOrAgain(res, back))) return;
  const fields = fieldsFor(provider);
  const typed = Object.fromEntries(fields.map((one) => [one.name, field(req, one.name)]));
  const id = before?.id ?? field(req, 'id').trim();
  try {
    const known = before === undefined ? {} : { ...sourceSettingsOf(services, before) };
    const { source, faults } = checkSource(asSettings(provider, id, known, typed));
    if (source === undefined) throw new HubError('invalid', undefined, { faults });
    const secretTyped = fields.some(({ kind, name }) => kind === 'secret' && typed[name] !== '');
    const moved = before === undefined ? undefined : movedSecretFault(known, { ...source }, secretTyped);
    if (moved !== undefined) throw new HubError('invalid', undefined, { faults: [moved] });
    const origin = originOf(req, res);
    const made =
      before === undefined
        ? await createSource(services, origin, source)
        : await changeSource(services, origin, source, { ifVersion: Number(field(req, 'version')) });
    const key = before === undefined ? 'admin.sources.added' : 'admin.sources.changed';
    flash(res, { tone: 'good', key, values: { name: made.title } });
    res.redirect(303, `/admin/sources/${encodeURIComponent(made.id)}`);
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.status >= 500) throw thrown;
    const faults = Object.fromEntries(
      thrown.faults.map(({ path, message }) => [path.split(/[.[]/)[0] ?? path, message]),
    );
    context(res).flash = { tone: 'bad', key: 'admin.refused', values: { message: thrown.message } };
    const version = before?.version;
    show(res, { provider, id, title: before?.title, version, values: typed, faults }, thrown.status);
  }
}

/** What was typed, over what is there already and is not asked. An empty secret keeps the one there is. */
function asSettings(
  provider: SourceProvider,
  id: string,
  known: Readonly<Record<string, unknown>>,
  typed: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const settings: Record<string, unknown> = { ...known, id, provider };
  for (const one of fieldsFor(provider)) {
    const value = typedInto(one, typed[one.name] ?? '');
    if (one.kind === 'secret' && value === undefined) continue;
    if (value === undefined) delete settings[one.name];
    else settings[one.name] = value;
  }
  // Without a secret the client is a public one, and the other way round.
  if (isOpenIdProvider(provider) && known.auth === undefined && settings.clientSecret === undefined)
    settings.auth = 'none';
  if (settings.auth === 'none' && settings.clientSecret !== undefined) settings.auth = 'client_secret_basic';
  return settings;
}

interface Shown {
  readonly provider: SourceProvider;
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly version?: number | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, string>>;
}

function show(res: Response, form: Shown, status = 200): void {
  render(
    res,
    'admin/source-form',
    { active: 'sources', fields: fieldsFor(form.provider), form, faults: form.faults },
    status,
  );
}

/** @throws HubError `not-found` */
function providerOf(given: string): SourceProvider {
  const provider = sourceProviders.find((one) => one === (given === '' ? 'oidc' : given));
  if (provider === undefined) throw new HubError('not-found');
  return provider;
}
