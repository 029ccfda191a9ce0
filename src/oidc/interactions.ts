import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Interaction, type Provider } from 'oidc-provider';
import { spentTag } from '#actions/factors/totp.ts';
import { named } from '#actions/named.ts';
import type { Services } from '#actions/services.ts';
import { endingOfSession } from '#actions/sessions/ending.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { type Assurance, acrOf, assuranceBy, assuranceOf, mildest, strictest } from '#domain/assurance.ts';
import { draft } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type System } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';
import { appendCookie, cookieNames } from './cookies.ts';
import { claimsAsked } from './entry/claims-asked.ts';
import { askedOf } from './entry/strength.ts';
import { originOf } from './origin.ts';
import { interactionPaths } from './paths.ts';
import { redirect } from './respond.ts';
import { sessionOf } from './session-cookie.ts';
import { stateOf } from './state.ts';

/** What the provider asks the person for, and for which system. */
export interface InteractionView {
  /** `step-up`: who is signed in has to prove more. `choose`: they say whether they are the one who goes on. */
  readonly kind: 'sign-in' | 'choose' | 'step-up' | 'consent' | 'no-access';
  readonly uid: string;
  /** The person signed in when it began, if anybody. */
  readonly person: string | undefined;
  /** Everything is to be proved afresh (`prompt=login`, `max_age`): nothing remembered counts. */
  readonly fresh: boolean;
  /** How strong the sign-in has to be at least, as the system and the request say; the person's roles may want more. */
  readonly least: Assurance;
  /** What the request likes best; not weaker than `least`. */
  readonly wanted: Assurance;
  /** The system itself asked for a strength: it is told that this was it (`unmet_authentication_requirements`). */
  readonly askedByRequest: boolean;
  /** Undefined for the hub's own pages. */
  readonly system: { readonly id: string; readonly title: string; readonly side: 'crm' | 'erp' | 'other' } | undefined;
  /** Parameters of the authorization request. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Scopes that cover the claims which the request asks for by name. */
  readonly claimScopes: readonly string[];
  /** The system opens the sign-in in a window that it watches. */
  readonly popup: boolean;
}

const kinds: Readonly<Record<string, InteractionView['kind']>> = {
  login: 'sign-in',
  select_account: 'choose',
  strength: 'step-up',
  consent: 'consent',
  access: 'no-access',
};

/** The pending interaction of this browser. @throws HubError `interaction-over` when it is over or belongs to another browser. */
export async function viewInteraction(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<InteractionView> {
  return inUnit(services, req, async () => {
    const interaction = await pending(provider, req, res);
    const kind = kinds[interaction.prompt.name];
    if (kind === undefined) throw new HubError('interaction-over');
    const system = await systemByClientId(services, String(interaction.params.client_id));
    return {
      kind,
      uid: interaction.uid,
      person: interaction.session?.accountId,
      fresh: interaction.prompt.reasons.some(
        (reason) => reason === 'login_prompt' || reason === 'max_age' || reason === 'session_limit',
      ),
      ...strengthAsked(interaction.params, system),
      system: system === undefined ? undefined : { id: system.id, title: system.title, side: system.side },
      params: interaction.params,
      claimScopes: system === undefined ? [] : claimsAsked(interaction.params, system).map(({ scope }) => scope),
      popup: system !== undefined && (system.settings.popup ?? services.modules.get(system.provider)?.popup) === true,
    };
  });
}

function strengthAsked(
  params: Readonly<Record<string, unknown>>,
  system: Pick<System, 'requires'> | undefined,
): Pick<InteractionView, 'least' | 'wanted' | 'askedByRequest'> {
  const { wished, essential } = askedOf(params);
  const named = essential === undefined ? undefined : mildest(essential);
  const least = strictest(system?.requires, wished, named);
  return {
    least,
    wanted: strictest(least, preferred(params)),
    askedByRequest: essential !== undefined,
  };
}

/** The first of `acr_values`, which stand in order of preference. */
function preferred({ acr_values: values }: Readonly<Record<string, unknown>>): Assurance | undefined {
  return typeof values === 'string'
    ? values
        .split(' ')
        .map(assuranceOf)
        .find((level) => level !== undefined)
    : undefined;
}

async function pending(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<Interaction> {
  try {
    return await provider.interactionDetails(req, res);
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) {
      throw new HubError('interaction-over', undefined, { cause: error });
    }
    throw error;
  }
}

/** What a sign-in proved. */
export interface HowSignedIn {
  /** RFC 8176. */
  readonly amr: readonly string[];
  /** What the oldest proof of these is from, in seconds since 1970; absent: all were given now. */
  readonly authTime?: number;
  /** The source upstream that proved it. */
  readonly source?: string | undefined;
  /** What takes the browser to sign out there, sealed. */
  readonly sourceHint?: string | undefined;
}

/**
 * The person is who they say: the interaction goes on. Whoever was signed in here before, if somebody else, is signed out
 * properly first. Commits the unit of the caller, or one of its own, and answers 303.
 */
export async function finishSignIn(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
  person: Stored<Person>,
  how: HowSignedIn,
): Promise<void> {
  await finish(services, provider, req, res, async (unit, interaction) => {
    if (interaction.prompt.name !== 'login' && interaction.prompt.name !== 'strength')
      throw new HubError('bad-request', 'There is no sign-in to finish here');
    const before = await sessionOf(services, req);
    if (before !== undefined && before.account !== person.id) {
      const origin = { ...stateOf(unit).origin, actor: { kind: 'person', id: person.id } as const };
      unit.stage(await endingOfSession(services, origin, before, 'replaced'));
      delete (interaction as { session?: unknown }).session;
    }
    const acr = acrOf(assuranceBy(how.amr));
    const ts = how.authTime ?? Math.floor(services.clock.now() / 1000);
    const { source, sourceHint } = how;
    const through = source === undefined ? {} : { source, ...(sourceHint === undefined ? {} : { sourceHint }) };
    // What ends everything of the person before this is resumed ends this too.
    const { endings = 0 } = person;
    return { login: { accountId: person.id, amr: [...how.amr], acr, remember: true, ts, endings, ...through } };
  });
}

/** Whoever is signed in goes on (`prompt=select_account`). Commits and answers 303. */
export async function keepAccount(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  await finish(services, provider, req, res, async (_unit, interaction) => {
    if (interaction.prompt.name !== 'select_account')
      throw new HubError('bad-request', 'There is nothing to choose here');
    return { select_account: {} };
  });
}

/**
 * Somebody else goes on where this interaction stands: the session of this browser ends as by signing out, the systems in it are
 * told, and the interaction begins anew with the sign-in form. Commits and answers 303.
 */
export async function switchPerson(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const uid = await inUnit(services, req, async (unit) => {
    const interaction = await pending(provider, req, res);
    const before = await sessionOf(services, req);
    if (before !== undefined) {
      const origin = { ...stateOf(unit).origin, actor: { kind: 'person', id: before.account } as const };
      unit.stage(await endingOfSession(services, origin, before, 'replaced'));
    }
    const open = interaction as unknown as Record<string, unknown> & { prompt: object };
    for (const name of ['session', 'accountId', 'grantId', 'lastSubmission', 'result']) delete open[name];
    open.prompt = { name: 'login', reasons: ['someone_else'], details: {} };
    const left = interaction.exp - Math.floor(Date.now() / 1000);
    await interaction.save(left);
    await unit.commit();
    const { session, interaction: name } = cookieNames(services);
    appendCookie(services, res, session, '', { path: '/', maxAge: 0 });
    appendCookie(services, res, name, interaction.uid, {
      path: `${interactionPaths.login}/${interaction.uid}`,
      maxAge: left,
    });
    return interaction.uid;
  });
  redirect(res, `${interactionPaths.login}/${uid}`);
}

/** The person consents to what this system asks for; the grant and `consent.given` are one commit. */
export async function finishConsent(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  await finish(services, provider, req, res, async (unit, interaction) => {
    const account = interaction.session?.accountId;
    const clientId = String(interaction.params.client_id);
    const person = account === undefined ? undefined : await services.store.get(people, account);
    if (interaction.prompt.name !== 'consent' || person === undefined) {
      throw new HubError('bad-request', 'There is no consent to give here');
    }
    const system = await systemByClientId(services, clientId);
    const scope = String(interaction.params.scope ?? '');
    const existing = interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId);
    const grant = existing ?? new provider.Grant({ accountId: person.id, clientId });
    grant.addOIDCScope(scope);
    if (system !== undefined) grant.addOIDCClaims(claimsAsked(interaction.params, system).map(({ claim }) => claim));
    for (const resource of [interaction.params.resource].flat()) {
      if (typeof resource === 'string') grant.addResourceScope(resource, scope);
    }
    const grantId = await grant.save();
    const session = interaction.session?.uid;
    const event = draft(stateOf(unit).origin, 'consent.given', 'success', {
      actor: { kind: 'person', id: person.id },
      subject: { id: person.id },
      ...(system === undefined ? {} : { system: system.id }),
      ...(session === undefined ? {} : { session }),
      detail: { scope },
      personal: { actor: named(person), subject: named(person) },
    });
    unit.stage({ changes: [], events: [event] });
    return { consent: { grantId } };
  });
}

/** The person turns back; the system is answered with the error, `access_denied` as a rule. */
export async function abortInteraction(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
  error: string,
): Promise<void> {
  const description = error === 'access_denied' ? 'the person turned back or may not enter' : undefined;
  await finish(services, provider, req, res, async () => ({
    error,
    ...(description === undefined ? {} : { error_description: description }),
  }));
}

type Result = Parameters<Provider['interactionResult']>[2];

async function finish(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
  decide: (unit: UnitOfWork, interaction: Interaction) => Promise<Result>,
): Promise<void> {
  const location = await inUnit(services, req, async (unit) => {
    const interaction = await pending(provider, req, res);
    const result = await decide(unit, interaction);
    interaction.result = 'error' in result ? result : { ...interaction.lastSubmission, ...result };
    await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
    try {
      await unit.commit();
    } catch (error) {
      // What was to prove something was spent already: the page that took it knows what to say.
      if (!(error instanceof CommitConflict) || error.change.tag === spentTag) throw error;
      throw new HubError('interaction-over', undefined, { cause: error });
    }
    return interaction.returnTo;
  });
  redirect(res, location);
}

/** In the caller's unit of work, if there is one: what it staged (`signin.succeeded`) is then committed with the rest. */
async function inUnit<R>(services: Services, req: IncomingMessage, work: (unit: UnitOfWork) => Promise<R>): Promise<R> {
  const run = (unit: UnitOfWork): Promise<R> => {
    stateOf(unit).origin = originOf(services, req);
    return work(unit);
  };
  const current = services.store.current();
  return current === undefined ? services.store.unit(run) : run(current);
}
