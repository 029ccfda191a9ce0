import type { Request, Response } from 'express';
import { effectiveAccess } from '#actions/access/effective.ts';
import { type Credentials, credentialsOf } from '#actions/factors/credentials.ts';
import { pendingStep } from '#actions/signin/step.ts';
import type { ProvingSource } from '#actions/sources/identities.ts';
import { type Assurance, strictest } from '#domain/assurance.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import type { InteractionView } from '#oidc/interactions.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { openInteraction } from '../interaction.ts';

/** Where a sign-in of two steps stands. */
export interface CurrentStep {
  readonly view: InteractionView;
  readonly person: Stored<Person>;
  readonly credentials: Credentials;
  /** What was proved before this step (RFC 8176). */
  readonly amr: readonly string[];
  /** The source that proved the first step. */
  readonly source: ProvingSource | undefined;
  /** The source that the session is bound to: of this sign-in, or of the session that is to become stronger. */
  readonly through: string | undefined;
  /** When the first proof is from, if not from now: of a session's own sign-in, or of a source. In seconds. */
  readonly authTime: number | undefined;
  /** How strong the sign-in has to become at least. */
  readonly least: Assurance;
  /** What ends with this step, in the commit that completes it. */
  readonly ends: readonly Change[];
}

/**
 * The step that this interaction is waiting for. Without one the browser is on its way back to the first step, with a line
 * that says why.
 * @throws HubError `interaction-over`
 */
export async function currentStep(req: Request, res: Response): Promise<CurrentStep | undefined> {
  const view = await openInteraction(req, res, 'sign-in', 'step-up');
  const { services } = context(res).deps;
  const step = view.kind === 'step-up' ? await ofSession(req, res, view) : await pendingStep(services, view.uid);
  if (step === undefined) {
    flash(res, { tone: 'warn', key: 'second.over' });
    res.redirect(303, `/sign-in/${view.uid}`);
    return undefined;
  }
  const roles = view.system === undefined ? undefined : (await effectiveAccess(services, step.person)).requires;
  const ends = 'end' in step ? [step.end] : [];
  const authTime = 'authTime' in step ? step.authTime : undefined;
  return {
    view,
    person: step.person,
    credentials: step.credentials,
    amr: step.amr,
    source: 'source' in step ? step.source : undefined,
    through: 'through' in step ? step.through : 'source' in step ? step.source?.id : undefined,
    authTime,
    ends,
    least: strictest(view.least, roles),
  };
}

/** The session that began the interaction, when it is still this browser's. */
async function ofSession(req: Request, res: Response, view: InteractionView) {
  const { services, oidc } = context(res).deps;
  const session = await oidc.signedIn(req, res);
  const person = session === undefined ? undefined : await services.store.get(people, session.personId);
  if (session === undefined || person === undefined || person.id !== view.person)
    throw new HubError('interaction-over');
  return {
    person,
    credentials: await credentialsOf(services, person.id),
    amr: session.amr,
    through: session.source,
    authTime: session.authTime,
  };
}
