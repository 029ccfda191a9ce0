import type { Request, Response } from 'express';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { texts } from '#http/i18n/catalogue.ts';
import { localeOfUiLocales } from '#http/i18n/negotiate.ts';
import { hasChosenLocale } from '#http/middleware/locale.ts';
import { allowRedirectTo } from '#http/middleware/security-headers.ts';
import type { InteractionView } from '#oidc/interactions.ts';

/**
 * Opens a page that belongs to an authorization request: its forms may lead back to the system that asked, and the
 * language that the system asked for counts unless the person chose one.
 * @throws HubError `interaction-over` when it is over, of another kind, or another browser's
 */
export async function openInteraction(
  req: Request,
  res: Response,
  ...kinds: readonly InteractionView['kind'][]
): Promise<InteractionView> {
  const state = context(res);
  const interaction = await state.deps.oidc.interaction(req, res);
  if (!kinds.includes(interaction.kind)) throw new HubError('interaction-over');
  allowRedirectTo(res, interaction.params.redirect_uri);
  // The window that opened this one reads where it has come to; the policy would cut the two apart.
  if (interaction.popup) res.removeHeader('Cross-Origin-Opener-Policy');
  const wanted = localeOfUiLocales(interaction.params.ui_locales);
  if (wanted !== undefined && !hasChosenLocale(req, res)) state.texts = texts(wanted);
  return interaction;
}
