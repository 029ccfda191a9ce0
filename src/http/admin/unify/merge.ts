import type { Request, Response } from 'express';
import { assignmentsOf } from '#actions/access/reading.ts';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { areHubRoles, mergePeople } from '#actions/people/merge/merge.ts';
import { unmergePeople } from '#actions/people/merge/unmerge.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { textFields } from '#domain/people/fields.ts';
import { fold } from '#domain/people/folding.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { links, merges, type Person, people } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { repeat } from '../repeat.ts';
import { text } from '../route.ts';

async function personOf({ store }: Services, id: string): Promise<Stored<Person>> {
  const person = await store.get(people, id);
  if (person === undefined) throw new HubError('not-found');
  return person;
}

/** `/admin/people/:id/merge?q=…&with=…`: find the other account, then see both side by side and what would happen. */
export async function mergePage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { store } = services;
  const person = await personOf(services, text(req.params.id));
  const q = text(req.query.q);
  const found =
    q === ''
      ? []
      : (await store.find(people, { where: { searchTerms: { prefix: fold(q) } }, sort: 'sortName', limit: 20 })).items;
  const other = text(req.query.with) === '' ? undefined : await personOf(services, text(req.query.with));
  render(res, 'admin/person-merge', {
    active: 'people',
    record: person,
    q,
    found: found.filter(({ id }) => id !== person.id),
    other: other === undefined || other.id === person.id ? undefined : other,
    ...(other === undefined ? {} : await effects(services, person, other)),
  });
}

async function effects(services: Services, person: Stored<Person>, other: Stored<Person>) {
  const chips = await systemNames(services);
  const linksOf = async ({ id }: Stored<Person>) =>
    (await services.store.find(links, { where: { person: id }, limit: 200 })).items;
  const [own, theirs] = [await linksOf(person), await linksOf(other)];
  return {
    // Parts of a name belong together: one account's given name does not go with the other's family name.
    named: [person.givenName, person.familyName].some((part) => part !== undefined) || person.nameDerived !== true,
    fields: textFields
      .filter((field) => person[field] !== undefined || other[field] !== undefined)
      .map((field) => ({ field, own: person[field] ?? '', theirs: other[field] ?? '' })),
    links: theirs.map((link) => ({
      chip: chips.known(link.system),
      login: link.login ?? '',
      moves: !own.some(({ system }) => system === link.system),
    })),
    signsInWith: await waysOf(services, other),
    roles: (await assignmentsOf(services.store, other.id)).map(({ id, role, reason }) => ({ id, role, reason })),
  };
}

/** What the other account signs in with; none of it comes along. */
async function waysOf(services: Services, { id }: Stored<Person>) {
  const { password, totp, passkeys } = await credentialsOf(services, id);
  return { password: password !== undefined, app: totp !== undefined, passkeys: passkeys.length };
}

/** Joins the two. */
export async function joinAccounts(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await personOf(services, text(req.params.id));
  const body: Record<string, unknown> = req.body ?? {};
  const other = text(body.other);
  const on = (prefix: string) =>
    Object.keys(body).flatMap((name) =>
      name.startsWith(prefix) && text(body[name]) === 'other' ? [name.slice(prefix.length)] : [],
    );
  const reason = text(body.reason);
  let back = `/admin/people/${person.id}/merge?with=${encodeURIComponent(other)}`;
  const roles = on('role.');
  if ((await areHubRoles(services, other, roles)) && !(await freshOrAgain(res, repeat(back)))) return;
  await refusedAsLine(
    res,
    () => back,
    async () => {
      await mergePeople(services, originOf(req, res), person.id, {
        other,
        take: on('take.'),
        roles,
        reason,
        ifVersion: Number(text(body.version)),
        ifOtherVersion: Number(text(body.otherVersion)),
      });
      back = `/admin/people/${person.id}`;
      flash(res, { tone: 'good', key: 'admin.merge.done', values: { name: person.name } });
    },
    { reason },
  );
}

/** Takes a merge back. */
export async function unjoinAccounts(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await personOf(services, text(req.params.id));
  const merge = await services.store.get(merges, text(req.params.merge));
  if (merge === undefined || ![merge.survivor, merge.gone].includes(person.id)) throw new HubError('not-found');
  const back = `/admin/people/${person.id}`;
  const moves = await areHubRoles(services, merge.survivor, merge.assignments);
  if (moves && !(await freshOrAgain(res, repeat(back)))) return;
  await refusedAsLine(res, back, async () => {
    const { kept = [] } = await unmergePeople(services, originOf(req, res), merge.id, {
      ifVersion: Number(text(req.body?.version)),
    });
    const { t } = context(res).texts;
    const names = kept.map((field) => t(`admin.attribute.${field.replace(/^\w+\./, '')}`)).join(', ');
    const key = kept.length === 0 ? 'admin.merge.undone' : 'admin.merge.undoneKept';
    flash(res, { tone: kept.length === 0 ? 'good' : 'warn', key, values: { fields: names } });
  });
}
