import type { HttpDeps } from '#http/deps.ts';
import { type Texts, texts } from '#http/i18n/catalogue.ts';
import { helpCode } from '#http/middleware/errors.ts';
import { localeOf } from '#http/middleware/locale.ts';
import { protocolPageHeaders } from '#http/middleware/security-headers.ts';
import { page } from '#http/render/page.ts';
import type { ErrorPage, RenderErrorPage } from '#oidc/pages.ts';
import { requestId } from '#platform/request-id.ts';

/** Faults at the protocol endpoints that have a row, and so words, of their own in the hub's error table. */
const own: Readonly<Record<string, string>> = {
  not_found: 'not-found',
  invalid_request_uri: 'interaction-over',
  temporarily_unavailable: 'store-unavailable',
  server_error: 'internal',
};

/** The page for whatever ends at the hub instead of going back to the system (contract.md, "Protocol rules"). */
export function protocolErrorPage(deps: HttpDeps): RenderErrorPage {
  return (req, view): ErrorPage => {
    const language: Texts = texts(localeOf(req, deps.services.settings.issuer));
    const id = requestId(req);
    const known = own[view.error];
    const data = {
      path: '/',
      helpCode: helpCode(id),
      code: known ?? view.error,
      description: view.description,
    };
    const body = page(
      { deps, requestId: id, texts: language },
      known === undefined ? 'pages/protocol-error' : 'pages/error',
      data,
    );
    return { body, headers: protocolPageHeaders(language.locale) };
  };
}
