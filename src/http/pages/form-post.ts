import type { HttpDeps } from '#http/deps.ts';
import { texts } from '#http/i18n/catalogue.ts';
import { localeOf } from '#http/middleware/locale.ts';
import { formPostPolicy, protocolPageHeaders } from '#http/middleware/security-headers.ts';
import { page } from '#http/render/page.ts';
import type { RenderFormPost } from '#oidc/pages.ts';
import { requestId } from '#platform/request-id.ts';

/** The page that posts an answer to the system (OAuth 2.0 Form Post Response Mode): by itself, or with a button. */
export function formPostPage(deps: HttpDeps): RenderFormPost {
  return (req, { action, fields }) => {
    const language = texts(localeOf(req, deps.services.settings.issuer));
    const body = page({ deps, requestId: requestId(req), texts: language }, 'pages/form-post', {
      path: '/',
      action,
      fields: Object.entries(fields),
    });
    return {
      body,
      headers: { ...protocolPageHeaders(language.locale), 'Content-Security-Policy': formPostPolicy(action) },
    };
  };
}
