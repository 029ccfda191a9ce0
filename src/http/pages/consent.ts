import type { Express, RequestHandler } from 'express';
import { context } from '#http/context.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { field } from '#http/middleware/form.ts';
import { viewerOf } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { openInteraction } from './interaction.ts';
import { someoneElse } from './sign-in/choose.ts';

/** Asks the person what a third party may know. Not agreeing answers the system `access_denied`. */
export function consentPages(app: Express): void {
  app.get('/consent/:uid', ask);
  app.post('/consent/:uid', answer);
  app.post('/consent/:uid/someone-else', someoneElse);
}

const ask: RequestHandler = async (req, res) => {
  const { system, params, claimScopes } = await openInteraction(req, res, 'consent');
  const asked = [...new Set([...String(params.scope ?? '').split(' '), ...claimScopes])];
  const scopes = scopeWords(
    context(res).texts,
    asked.filter((scope) => scope !== ''),
  );
  const viewer = await viewerOf(req, res);
  render(res, 'pages/consent', { system, scopes, personName: viewer?.person.name ?? '' });
};

const answer: RequestHandler = async (req, res) => {
  const { oidc } = context(res).deps;
  await openInteraction(req, res, 'consent');
  if (field(req, 'answer') === 'allow') await oidc.finishConsent(req, res);
  else await oidc.abort(req, res, 'access_denied');
};

/** What scopes let a system know, in plain words. */
export function scopeWords({ t, has }: Texts, scopes: readonly string[]): string[] {
  return scopes.map((scope) => (has(`consent.scope.${scope}`) ? t(`consent.scope.${scope}`) : scope));
}
