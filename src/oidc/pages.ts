import type { IncomingMessage } from 'node:http';

/** What an error page has to say; `cause` is for the log alone. */
export interface ErrorView {
  readonly status: number;
  /** An OAuth error code. */
  readonly error: string;
  /** Safe to show. */
  readonly description?: string;
  readonly cause?: unknown;
}

export interface ErrorPage {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Draws the hub's own error page; handed in by the composition root, because pages are a room of their own. */
export type RenderErrorPage = (req: IncomingMessage, view: ErrorView) => ErrorPage | Promise<ErrorPage>;

/** An answer that a browser carries to a system by posting a form (OAuth 2.0 Form Post Response Mode). */
export interface FormPostView {
  /** The redirect address, checked. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export type RenderFormPost = (req: IncomingMessage, view: FormPostView) => ErrorPage | Promise<ErrorPage>;

/** Holds the renderers, which are known only once the pages are built. */
export class ErrorPages {
  #render: RenderErrorPage = plain;
  #formPost: RenderFormPost = plainForm;

  useFormPost(render: RenderFormPost): void {
    this.#formPost = render;
  }

  formPost(req: IncomingMessage, view: FormPostView): ErrorPage | Promise<ErrorPage> {
    return this.#formPost(req, view);
  }

  use(render: RenderErrorPage): void {
    this.#render = render;
  }

  render(req: IncomingMessage, view: ErrorView): ErrorPage | Promise<ErrorPage> {
    return this.#render(req, view);
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

const plainHeaders = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** For a hub that is built without pages: a form that the person sends. */
function plainForm(_req: IncomingMessage, { action, fields }: FormPostView): ErrorPage {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  return {
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Continue</title><form method="post" action="${escaped(action)}">${inputs.join('')}<button>Continue</button></form></html>`,
    headers: plainHeaders,
  };
}

/** For a hub that is built without pages: the facts, escaped, and nothing that could run. */
function plain(_req: IncomingMessage, view: ErrorView): ErrorPage {
  const text = `${view.error}${view.description === undefined ? '' : `: ${view.description}`}`;
  return {
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Error</title><p>${escaped(text)}</p></html>`,
    headers: plainHeaders,
  };
}
