import type { Request, Response } from 'express';
import { whoCan } from '#actions/policy/holders.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { HubError } from '#domain/errors.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { pagesOf } from '../pages.ts';
import { text } from '../route.ts';
import { pageNumber } from './draft.ts';

const pageSize = 100;

/** `/admin/policy/who`: who can do this there, today or on a day to come? */
export async function whoPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const [permission, system, day, q] = ['permission', 'system', 'at', 'q'].map((name) => text(req.query[name]));
  const [policy, names] = await Promise.all([policyInForce(services), systemNames(services)]);
  const page = pageNumber(req);
  const asked = permission !== '' && system !== '' && permission !== undefined && system !== undefined;
  const at = day === undefined || day === '' ? undefined : parseInstant(day);
  const found = asked ? await answer(services, permission, system, at) : undefined;
  const people = found?.people ?? [];
  const needle = (q ?? '').toLowerCase();
  const fitting = people.filter(({ name, person, department = '' }) =>
    [name, person, department].some((one) => one.toLowerCase().includes(needle)),
  );
  render(res, 'admin/policy-who', {
    active: 'policy',
    permission,
    systemId: system,
    day,
    q,
    names,
    systems: names.all,
    permissions: [...policy.compiled.document.domains].flatMap(([id, { actions }]) =>
      actions.map((one) => `${id}:${one}`),
    ),
    asked,
    wrong: asked && found === undefined,
    total: people.length,
    roles: found?.roles ?? [],
    rows: fitting.slice(page * pageSize, (page + 1) * pageSize),
    chip: system === undefined ? undefined : names.of(system),
    pages: pagesOf(req, fitting.length, pageSize),
  });
}

/** Undefined where the question cannot be asked: no such system or permission. */
async function answer(services: HttpDeps['services'], permission: string, system: string, at: number | undefined) {
  try {
    return await whoCan(services, permission, system, { at });
  } catch (thrown) {
    if (thrown instanceof HubError && (thrown.code === 'invalid' || thrown.code === 'not-found')) return undefined;
    throw thrown;
  }
}
