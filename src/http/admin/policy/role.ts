import type { Request } from 'express';
import { HubError } from '#domain/errors.ts';
import { fieldList } from '#http/middleware/upload.ts';
import { text } from '../route.ts';
import { type FormWorld, formPage, formPost, type PartForm } from './form.ts';

interface Filled {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly includes: readonly string[];
  readonly requires: string;
  /** `system permission` */
  readonly grants: ReadonlySet<string>;
}

const form: PartForm = {
  part: 'role',
  show(req, world) {
    const id = text(req.query.id);
    if (id === '') return view(world, emptyRole, true);
    const role = world.document.roles.get(id);
    if (role === undefined) throw new HubError('not-found');
    const grants = [...role.grants].flatMap(([system, held]) => held.map((permission) => `${system} ${permission}`));
    const { title, description = '', includes, requires = '' } = role;
    return view(world, { id, title, description, includes, requires, grants: new Set(grants) }, false);
  },
  sent: (req, world) => view(world, filledOf(req), text(req.body?.isNew) === 'yes'),
  edit(req, remove) {
    const { id, title, description, includes, requires, grants } = filledOf(req);
    if (remove) return { part: 'roles', at: id };
    if (!/^\S.{0,99}$/.test(id)) {
      throw new HubError('invalid', undefined, {
        faults: [{ path: 'id', message: 'write a name, such as sales-rep' }],
      });
    }
    const held = Map.groupBy(grants, (grant) => grant.slice(0, grant.indexOf(' ')));
    return {
      part: 'roles',
      at: id,
      value: {
        title,
        description,
        includes,
        requires,
        grants: Object.fromEntries(
          [...held].map(([system, list]) => [system, list.map((grant) => grant.slice(system.length + 1))]),
        ),
      },
    };
  },
};

const emptyRole: Filled = { id: '', title: '', description: '', includes: [], requires: '', grants: new Set() };

function filledOf(req: Request): Filled {
  return {
    id: text(req.body?.id),
    title: text(req.body?.title),
    description: text(req.body?.description),
    includes: fieldList(req, 'includes'),
    requires: text(req.body?.requires),
    grants: new Set(fieldList(req, 'grant').filter((grant) => grant.includes(' '))),
  };
}

/** A row of boxes for each domain that the side of a system serves, and for what is granted there beyond that. */
function view({ document, systems, names }: FormWorld, filled: Filled, isNew: boolean) {
  return {
    isNew,
    filledRole: filled,
    others: [...document.roles].filter(([id]) => id !== filled.id).map(([id, { title }]) => ({ id, title })),
    grid: systems.map(({ id, side }) => ({
      chip: names.of(id),
      count: [...filled.grants].filter((grant) => grant.startsWith(`${id} `)).length,
      domains: [...document.domains]
        .filter(
          ([domain, { sides }]) =>
            side === 'other' ||
            sides.includes(side) ||
            [...filled.grants].some((one) => one.startsWith(`${id} ${domain}:`)),
        )
        .map(([domain, { title, actions }]) => ({
          domain,
          title: title === '' ? domain : title,
          actions: actions.map((action) => {
            const value = `${id} ${domain}:${action}`;
            return { action, value, checked: filled.grants.has(value) };
          }),
        })),
    })),
  };
}

export const rolePage = formPage(form);
export const rolePost = formPost(form);
