import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import type { System } from '#storage/collections.ts';
import { claimsAsked } from './entry/claims-asked.ts';
import { isTooOldFor } from './entry/limits.ts';
import { mayEnter, recordTooWeak } from './entry/may-enter.ts';
import { prepareEntry } from './entry/prepare.ts';
import { wantsAgreement } from './entry/scope.ts';
import { missingStrength } from './entry/strength.ts';
import { systemOf } from './systems.ts';

const { Check, Prompt, base } = interactionPolicy;

/**
 * What has to be settled before a code is issued, in this order: who it is and how lately they signed in, whether the person may enter this system,
 * whether the sign-in was strong enough for it, whether a third party was consented to. Last comes the entry itself, which asks nothing and stages the link and the grant.
 */
export function createPolicy(services: Services): InstanceType<typeof interactionPolicy.Prompt>[] {
  const login = base().get('login');
  if (login === undefined) throw new Error('the library has no login prompt any more');
  // The hub's own check (`strength`) knows that a stronger sign-in is good for a weaker wish, and who has what.
  login.checks.remove('essential_acrs');
  login.checks.remove('essential_acr');
  login.checks.add(
    new Check('session_limit', 'this system wants a younger or livelier sign-in', 'login_required', async (ctx) =>
      (await isTooOldFor(services, ctx)) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    ),
  );
  return [
    login,
    choicePrompt(),
    accessPrompt(services),
    strengthPrompt(services),
    consentPrompt(services),
    entryPrompt(services),
  ];
}

/** `prompt=select_account` (OpenID Connect Core 1.0, 3.1.2.1): on a shared machine the person says who goes on. */
function choicePrompt() {
  const prompt = new Prompt(
    { name: 'select_account', requestable: true },
    new Check('chosen', 'the person has not said who goes on', 'account_selection_required', (ctx) => {
      const { oidc } = ctx;
      const open = oidc.promptPending('select_account') && oidc.result?.login === undefined;
      return open ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  prompt.checks.remove('select_account_prompt');
  return prompt;
}

function accessPrompt(services: Services) {
  return new Prompt(
    { name: 'access', requestable: false },
    new Check('not_allowed', 'this person may not enter this system', 'access_denied', async (ctx) => {
      return (await mayEnter(services, ctx)) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
    }),
  );
}

/**
 * Asks for what is missing. Under `prompt=none` the answer is `login_required` where asking would help, and
 * `unmet_authentication_requirements` where it would not (OpenID Connect Core Unmet Authentication Requirements 1.0).
 */
function strengthPrompt(services: Services) {
  return new Prompt(
    { name: 'strength', requestable: false },
    new Check('stronger', 'a stronger sign-in is required', 'login_required', async (ctx) => {
      return (await missingStrength(services, ctx)) === 'ask' ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
    new Check('too_weak', 'no sign-in that strong can be had', 'unmet_authentication_requirements', async (ctx) => {
      if ((await missingStrength(services, ctx)) !== 'unmet') return Check.NO_NEED_TO_PROMPT;
      await recordTooWeak(services, ctx);
      return Check.REQUEST_PROMPT;
    }),
  );
}

/**
 * Others are asked for when something was not granted yet, or when they want the person asked. A first party only when it
 * wants what nobody but the person can give: a refresh token that its settings do not give it (contract.md, "Protocol rules").
 */
function consentPrompt(services: Services) {
  const prompt = new Prompt(
    { name: 'consent', requestable: true },
    new Check('consent_missing', 'the person has not consented yet', async (ctx) => {
      const system = await systemOf(services, ctx);
      if (system === undefined) return Check.NO_NEED_TO_PROMPT;
      if (system.firstParty && !wantsAgreement(ctx, system)) return Check.NO_NEED_TO_PROMPT;
      const asked = ctx.oidc.prompts.has('consent') && ctx.oidc.promptPending('consent');
      return asked || missingScopes(ctx).length > 0 || missingClaims(ctx, system).length > 0
        ? Check.REQUEST_PROMPT
        : Check.NO_NEED_TO_PROMPT;
    }),
  );
  prompt.checks.remove('consent_prompt');
  return prompt;
}

/** Claims that are asked for by name and that no scope or earlier consent covers. */
function missingClaims(ctx: KoaContextWithOIDC, system: System): string[] {
  const scopes = new Set(ctx.oidc.grant?.getOIDCScopeEncountered().split(' '));
  const known = new Set(ctx.oidc.grant?.getOIDCClaimsEncountered());
  return claimsAsked(ctx.oidc.params ?? {}, system)
    .filter(({ claim, scope }) => !scopes.has(scope) && !known.has(claim))
    .map(({ claim }) => claim);
}

function missingScopes(ctx: KoaContextWithOIDC): string[] {
  const known = new Set(ctx.oidc.grant?.getOIDCScopeEncountered().split(' '));
  return [...ctx.oidc.requestParamOIDCScopes].filter((scope) => !known.has(scope));
}

function entryPrompt(services: Services) {
  return new Prompt(
    { name: 'entry', requestable: false },
    new Check('prepared', 'the entry is prepared', async (ctx) => {
      await prepareEntry(services, ctx);
      return Check.NO_NEED_TO_PROMPT;
    }),
  );
}
