import type { Request, Response } from 'express';
import { policyInForce } from '#actions/policy/in-force.ts';
import { checkReview, openReview } from '#actions/reviews/open.ts';
import { previewReview } from '#actions/reviews/preview.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import { roleTitle } from '#http/account/lines.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { fieldNames, fieldsFrom, type ReviewFields, reviewFrom, scopeKinds } from './form.ts';

/** Of those who would be asked, so many are named. */
const mostNamed = 20;

/** `/admin/reviews/new`: the form, and once it is filled in what it would ask, and whom. Nothing is written by looking. */
export async function newReviewPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const state = context(res);
  const fields = fieldsFrom(req.query);
  const asked = fields.fallback !== '';
  const me = viewer(res).person;
  const [names, { compiled }] = await Promise.all([systemNames(services), policyInForce(services)]);
  const { document } = compiled;
  const looked = asked ? await look(services, fields) : {};
  render(res, 'admin/review-new', {
    active: 'reviews',
    fields: asked ? fields : { ...fields, managers: 'on', fallback: me.email ?? me.username ?? '' },
    fieldNames,
    scopeKinds,
    systems: [...names.all, { id: 'hub', title: state.texts.t('hub') }],
    roles: [...document.roles.keys(), ...Object.keys(hubRoles)].map((id) => ({
      id,
      title: roleTitle(state.texts, document, id),
    })),
    permissions: [...document.domains].flatMap(([id, { actions }]) => actions.map((one) => `${id}:${one}`)),
    ...looked,
  });
}

async function look(services: Services, fields: ReviewFields) {
  try {
    const given = await reviewFrom(services, fields);
    await checkReview(services, given);
    const preview = await previewReview(services, given);
    const reviewers = preview.reviewers.slice(0, mostNamed).map(async ({ person, items }) => ({
      items,
      name: (await services.store.get(people, person))?.name ?? person,
    }));
    return { preview: { ...preview, reviewers: await Promise.all(reviewers), asked: preview.reviewers.length } };
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.code !== 'invalid') throw thrown;
    return { wrong: thrown.faults.map(({ path, message }) => `${path}: ${message}`) };
  }
}

export async function beginReview(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const fields = fieldsFrom(req.body);
  let back = `/admin/reviews/new?${new URLSearchParams(fields)}`;
  await refusedAsLine(
    res,
    () => back,
    async () => {
      const { id } = await openReview(services, originOf(req, res), await reviewFrom(services, fields));
      back = `/admin/reviews/${id}`;
      flash(res, { tone: 'good', key: 'reviews.done.begun' });
    },
  );
}
