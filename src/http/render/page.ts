/** Renders a page: the template's own data and what every page is handed. */
import type { Response } from 'express';
import { type Context, context, type Line } from '#http/context.ts';
import { localeNames, locales, type Texts } from '#http/i18n/catalogue.ts';
import { type Dates, datesFor } from '#http/i18n/dates.ts';
import { setCookie } from '#http/middleware/cookies.ts';
import { sendTogether } from '#platform/send-together.ts';
import { Html } from './html.ts';

/**
 * Answers with a page. Templates see `data` and: `t`, `html`, `piece(partial, data)`, `dates`, `asset(name)`, `locale`,
 * `languages`, `csrf`, `viewer`, `flash`, `faults`, `filled`, `company`, `path`, `requestId`.
 * @param view below views/, e.g. `pages/sign-in`
 */
export function render(res: Response, view: string, data: object = {}, status = 200): void {
  const state = context(res);
  // What is shown now is not shown again.
  if (state.flash !== undefined || state.faults !== undefined) setCookie(res, 'flash', '', 0);
  res.status(status).type('html').setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Language', state.texts.locale);
  const html = page(state, view, { path: res.req.path, ...data });
  // One string leaves together with the headers; `send` would make a second write of it.
  res.setHeader('Content-Length', Buffer.byteLength(html));
  sendTogether(res, html);
}

/** The page as text, for answers that are not given through Express. */
export function page(
  state: Omit<Context, 'viewer'> & Pick<Partial<Context>, 'viewer'>,
  view: string,
  data: object,
): string {
  const { deps, texts, viewer, csrf, flash, faults, filled, requestId, mfaDaysLeft, glassOpen } = state;
  return deps.views.render(view, {
    t: texts.t,
    html: texts.html,
    raw: (text: string) => new Html(text),
    dates: datesOf(state),
    asset: deps.views.assets.path,
    locale: texts.locale,
    languages: locales.map((locale) => ({ locale, name: localeNames[locale], current: locale === texts.locale })),
    company: deps.services.settings.company,
    requestId,
    csrf,
    viewer,
    mfaDaysLeft,
    glassOpen,
    flash,
    faults: inWords(texts, faults),
    filled: filled ?? {},
    ...data,
  });
}

/** Dates as this request's reader reads them. */
export function datesOf({ deps, texts }: Pick<Context, 'deps' | 'texts'>): Dates {
  return datesFor(texts, deps.services.settings.timeZone, deps.services.clock.now());
}

function inWords(texts: Texts, faults: Readonly<Record<string, Line>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).map(([field, line]) => [field, texts.t(line.key, line.values)]));
}
