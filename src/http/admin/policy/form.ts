import type { Request, Response } from 'express';
import { type Draft, editDraft, policyDraft } from '#actions/policy/draft/draft.ts';
import { HubError } from '#domain/errors.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import type { PolicyDocument } from '#domain/policy/document.ts';
import type { PolicyEdit } from '#domain/policy/edit/edit.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { type SystemNames, systemNames } from '#http/systems.ts';
import { text } from '../route.ts';

/** What a form of one part of the draft has at hand. */
export interface FormWorld {
  readonly draft: Draft;
  readonly document: PolicyDocument;
  readonly names: SystemNames;
  /** Every system that a grant can name: id and side. */
  readonly systems: readonly { readonly id: string; readonly side: 'crm' | 'erp' | 'other' }[];
}

/** A form for one part of the document: what it shows, and what is sent as an edit. */
export interface PartForm {
  /** Names the view `admin/policy-<part>` and the texts `admin.form.<part>`. */
  readonly part: 'role' | 'rule' | 'separation' | 'delegation';
  /** The item as filled in, from the document or from what was sent. @throws HubError not-found */
  show(req: Request, world: FormWorld): object;
  sent(req: Request, world: FormWorld): object;
  edit(req: Request, remove: boolean): PolicyEdit;
}

export function formPage(form: PartForm) {
  return async (req: Request, res: Response, { services }: HttpDeps): Promise<void> => {
    if (services.settings.policyMode === 'file') return res.redirect(303, '/admin/policy');
    const world = await worldOf(services);
    if (world === undefined) return res.redirect(303, '/admin/policy/draft/document');
    render(res, `admin/policy-${form.part}`, { ...common(form, world), ...form.show(req, world) });
  };
}

/** Takes the form: kept in the draft, or shown again with every fault and all that was filled in. */
export function formPost(form: PartForm) {
  return async (req: Request, res: Response, { services }: HttpDeps): Promise<void> => {
    const world = await worldOf(services);
    if (world === undefined) return res.redirect(303, '/admin/policy/draft/document');
    const remove = text(req.body?.act) === 'remove';
    try {
      await editDraft(services, originOf(req, res), form.edit(req, remove), seenVersion(req));
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown.status >= 500) throw thrown;
      const faults = thrown.faults.length > 0 ? thrown.faults : [{ path: '', message: thrown.message }];
      render(
        res,
        `admin/policy-${form.part}`,
        { ...common(form, world), ...form.sent(req, world), refused: faults, isStale: thrown.code === 'stale' },
        thrown.status,
      );
      return;
    }
    flash(res, { tone: 'good', key: remove ? 'admin.form.removed' : 'admin.form.kept' });
    res.redirect(303, '/admin/policy/draft');
  };
}

/** The version of the draft that the form was made from; a form without one is never the newest. */
export function seenVersion(req: Request): number {
  const given = text(req.body?.version);
  return /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
}

function common({ part }: PartForm, { draft, document, systems, names }: FormWorld) {
  const permissions = [...document.domains].flatMap(([domain, { actions }]) =>
    actions.map((action) => `${domain}:${action}`),
  );
  return {
    active: 'policy',
    part,
    draft,
    refused: [],
    isStale: false,
    roleIds: [...document.roles.keys()],
    permissions,
    systems: systems.map(({ id }) => names.of(id)),
  };
}

async function worldOf(services: HttpDeps['services']): Promise<FormWorld | undefined> {
  const [draft, names] = await Promise.all([policyDraft(services), systemNames(services)]);
  const checked = checkPolicy(draft.text);
  if (!checked.ok) return undefined;
  const { document } = checked;
  const named = [...document.roles.values()].flatMap(({ grants }) => [...grants.keys()]);
  const further = named.filter((id) => names.known(id) === undefined);
  const ids = [...names.all.map(({ id }) => id), ...new Set(further)];
  return { draft, document, names, systems: ids.map((id) => ({ id, side: names.of(id).side })) };
}
