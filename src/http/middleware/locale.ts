import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { context } from '#http/context.ts';
import { isLocale, type Locale, texts } from '#http/i18n/catalogue.ts';
import { localeOfHeader } from '#http/i18n/negotiate.ts';
import { cookie, cookieName, cookieNameAt, setCookie } from './cookies.ts';

const year = 31_536_000;

/**
 * The page's language: what the person chose (`?lang=`, kept in a cookie), else `Accept-Language`, else English.
 * A choice answers with the same address without `lang`, so that it neither stays in the address nor in links.
 */
export const locale: RequestHandler = (req, res, next) => {
  res.vary('Accept-Language').vary('Cookie');
  const url = new URL(req.originalUrl, 'http://hub.invalid');
  const wanted = url.searchParams.get('lang');
  if (req.method === 'GET' && isLocale(wanted)) {
    setCookie(res, 'lang', wanted, year);
    url.searchParams.delete('lang');
    // The leading slashes of `//elsewhere` would lead away from here.
    return res.redirect(303, `${url.pathname.replace(/^\/+/, '/')}${url.search}`);
  }
  const state = context(res);
  state.texts = texts(localeOf(req, state.deps.services.settings.issuer));
  next();
};

/** The language of a request, wherever it is answered. */
export function localeOf(req: IncomingMessage, issuer: string): Locale {
  const kept = cookie(req, cookieNameAt(issuer, 'lang'));
  return isLocale(kept) ? kept : (localeOfHeader(req.headers['accept-language']) ?? 'en');
}

/** Has the person chosen a language themselves? Then a system's `ui_locales` does not count. */
export function hasChosenLocale(req: Parameters<RequestHandler>[0], res: Parameters<RequestHandler>[1]): boolean {
  return isLocale(cookie(req, cookieName(res, 'lang')));
}
