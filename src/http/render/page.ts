/** Renders a page: the template's own data and what every page is handed. */
import type { Response } from 'express';
import { context } from '#http/context.ts';
import { localeNames, locales } from '#http/i18n/catalogue.ts';
import { datesFor } from '#http/i18n/dates.ts';
import { Html } from './html.ts';

/**
 * Answers with a page. Templates see `data` and: `t`, `html`, `piece(partial, data)`, `dates`, `asset(name)`, `locale`, `languages`, `csrf`,
 * `viewer`, `flash`, `filled`, `company`, `path`, `requestId`.
 * @param view below views/, e.g. `pages/sign-in`
 */
export function render(res: Response, view: string, data: object = {}, status = 200): void {
  res.status(status).type('html').setHeader('Cache-Control', 'no-store');
  res.setHeader('Content-Language', context(res).texts.locale);
  res.send(page(res, view, data));
}

function page(res: Response, view: string, data: object): string {
  const { deps, texts, viewer, csrf, flash, filled, requestId } = context(res);
  const { settings, clock } = deps.services;
  return deps.views.render(view, {
    t: texts.t,
    html: texts.html,
    raw: (text: string) => new Html(text),
    dates: datesFor(texts, settings.timeZone, clock.now()),
    asset: deps.views.assets.path,
    locale: texts.locale,
    languages: locales.map((locale) => ({ locale, name: localeNames[locale], current: locale === texts.locale })),
    company: settings.company,
    path: res.req.path,
    requestId,
    csrf,
    viewer,
    flash,
    filled: filled ?? {},
    ...data,
  });
}
