/**
 * Headers against scripts, frames and leaks (OWASP Secure Headers). Pages hold no inline script or style, and
 * all but those with passkeys no script at all, so the content policy allows neither.
 */
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Where the answer to a form may lead. */
const ownForms = "form-action 'self'";

const policy = (forms: string): string =>
  ["default-src 'none'", "style-src 'self'", "img-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", forms].join(
    '; ',
  );

/** For a page whose forms stay here. */
export const pagePolicy = policy(ownForms);

export function securityHeaders(issuer: string): RequestHandler[] {
  const guard = helmet({
    contentSecurityPolicy: false,
    // `no-referrer` would make browsers send `Origin: null` with our own forms, which the same-origin check refuses.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: issuer.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
  });
  return [
    guard,
    (_req, res, next) => {
      res.setHeader('Content-Security-Policy', pagePolicy);
      res.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
      next();
    },
  ];
}

/**
 * Chromium holds every redirect that follows a form to `form-action`, and an interaction's form ends in a chain of
 * redirects at the system that asked. So a page that belongs to an interaction also allows where that system lives, and
 * https as such, because a system may send the person on to another host of its own. `javascript:` and `data:` stay out.
 * @param targets where the answer may go in the end; checked against the system's registration by the provider
 */
export function allowRedirectTo(res: Response, ...targets: readonly unknown[]): void {
  const urls = targets.flatMap((target) =>
    typeof target === 'string' && URL.canParse(target) ? [new URL(target)] : [],
  );
  const extra = new Set(urls.filter((url) => url.protocol !== 'https:').map(sourceOf));
  res.setHeader('Content-Security-Policy', policy([ownForms, 'https:', ...extra].join(' ')));
}

/**
 * For the few pages that script serves beyond what works without it: our own files, and calls to this hub. Goes after
 * `allowRedirectTo`.
 */
export function allowScript(res: Response): void {
  const before = String(res.getHeader('Content-Security-Policy') ?? pagePolicy);
  res.setHeader(
    'Content-Security-Policy',
    before.replace("style-src 'self'", "script-src 'self'; connect-src 'self'; $&"),
  );
}

/** The page that posts an answer to a system: one script of ours, and a form that leads there and wherever it redirects. */
export function formPostPolicy(action: string): string {
  const target = new URL(action);
  const forms = ['form-action https:', ...(target.protocol === 'https:' ? [] : [sourceOf(target)])].join(' ');
  return policy(forms).replace("style-src 'self'", "script-src 'self'; $&");
}

/** For pages that are not drawn through Express; a policy is set beside these. */
export function protocolPageHeaders(locale: string): Record<string, string> {
  return {
    'Content-Language': locale,
    'Content-Security-Policy': pagePolicy,
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  };
}

/** http by origin, the private scheme of a native app (RFC 8252, 7.1) by scheme. */
function sourceOf(target: URL): string {
  return target.protocol === 'http:' ? target.origin : target.protocol;
}
