import type { Request, Response } from 'express';
import { stringify } from 'yaml';
import type { Services } from '#actions/services.ts';
import { rewriteSystem, settingsOf } from '#actions/systems/change.ts';
import { refuseConfigured } from '#actions/systems/configured.ts';
import { protocolOf } from '#actions/systems/guide.ts';
import { requireScopes } from '#actions/systems/reach.ts';
import { bySecret, newClientSecret } from '#actions/systems/secret.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { checkSystem } from '#settings/system.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { repeat } from '../repeat.ts';
import { sections, shownIn, withTyped } from './fields.ts';
import { pathOf, renderSystem, systemOf } from './frame.ts';
import { showOnce } from './once.ts';
import { linesWithoutSecrets, withKeptSecrets, withoutSecrets } from './provisioning-secrets.ts';

/** `/admin/systems/:id/change`: every field; for a system of the configuration its YAML, to be changed there. */
export async function changePage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const system = await systemOf(deps, req);
  if (system.origin === 'config') return showYaml(res, deps.services, system);
  if (!(await freshOrAgain(res, pathOf(system, '/change')))) return;
  const settings = { ...withoutSecrets(settingsOf(deps.services, system)) };
  const values = Object.fromEntries(fieldsOf(system).map((one) => [one.name, shownIn(one, settings)]));
  showForm(res, deps.services, system, values, {});
}

const sectionsOf = (system: Stored<System>) =>
  sections.filter(({ protocol }) => protocol === undefined || protocol === protocolOf(system));
const fieldsOf = (system: Stored<System>) => sectionsOf(system).flatMap(({ fields }) => fields);

/** Writes the change, or shows the form again with each fault beside its field. */
export async function changePost(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  if (!(await freshOrAgain(res, repeat(pathOf(system, '/change'))))) return;
  const typed = Object.fromEntries(fieldsOf(system).map(({ name }) => [name, field(req, name)]));
  const found: Record<string, string> = {};
  try {
    refuseConfigured(system, 'it');
    const before = settingsOf(services, system);
    const { raw, faults: unreadable } = withTyped({ ...before }, fieldsOf(system), typed);
    Object.assign(found, unreadable);
    if (raw.provisioning !== undefined) raw.provisioning = withKeptSecrets(raw.provisioning, before.provisioning);
    const made = withSecret(raw);
    const { system: settings, faults } = checkSystem(raw, { modules: [...services.modules.values()] });
    if (settings === undefined || Object.keys(found).length > 0) throw new HubError('invalid', undefined, { faults });
    requireScopes(viewer(res).hub, system.machine?.scopes, settings.machine?.scopes);
    if (Number(field(req, 'version')) !== system.version) throw new HubError('stale');
    const changed = await rewriteSystem(services, originOf(req, res), system, settings, system.enabled);
    if (made !== undefined) showOnce(res, system.id, made);
    flash(res, { tone: 'good', key: 'connect.changed', values: { name: changed.title } });
    res.redirect(303, pathOf(system, made === undefined ? '' : '/guide'));
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.status >= 500) throw thrown;
    for (const { path, message } of thrown.faults) found[formField(path, system)] ??= message;
    context(res).flash = { tone: 'bad', key: 'admin.refused', values: { message: thrown.message } };
    const again = { ...typed, provisioning: linesWithoutSecrets(typed.provisioning ?? '') };
    showForm(res, services, system, again, found, thrown.status);
  }
}

/** A client that now has a secret gets one, and one that has none any more loses it. @returns what was made */
function withSecret(raw: Record<string, unknown>): string | undefined {
  if (!bySecret(String(raw.auth))) {
    delete raw.clientSecret;
    return undefined;
  }
  if (raw.clientSecret !== undefined) return undefined;
  const made = newClientSecret();
  raw.clientSecret = made;
  return made;
}

/** The field of the form that a fault's path belongs to: `redirectUris[0]`, `jwks.keys[1]`, `session.idle`. */
function formField(path: string, system: Stored<System>): string {
  const plain = path.replace(/\[.*$/, '');
  const names = fieldsOf(system).map(({ name }) => name);
  return names.find((name) => plain === name || plain.startsWith(`${name}.`)) ?? plain;
}

function showForm(
  res: Response,
  services: Services,
  system: Stored<System>,
  values: Readonly<Record<string, string>>,
  faults: Readonly<Record<string, string>>,
  status = 200,
): void {
  const { has } = context(res).texts;
  const hinted = fieldsOf(system).flatMap(({ name }) => (has(`connect.hint.${name}`) ? [name] : []));
  const providers = [...services.modules.values()].map(({ id, title }) => ({ id, title }));
  const data = { sections: sectionsOf(system), hinted, values, faults, providers };
  renderSystem(res, services, system, { tab: 'change', view: 'change' }, data, status);
}

/** What stands under `systems:`, without secrets, which only the file knows. */
function showYaml(res: Response, services: Services, system: Stored<System>): void {
  const { clientSecret, id, title, ...settings } = withoutSecrets(settingsOf(services, system));
  const secret = clientSecret === undefined ? '' : '  # clientSecret or clientSecretFile: as it is in the file\n';
  const yaml = stringify([{ id, title, ...settings }]) + secret;
  renderSystem(res, services, system, { tab: 'change', view: 'configured' }, { yaml });
}
