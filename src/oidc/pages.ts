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

/** Holds the renderer, which is known only once the pages are built. */
export class ErrorPages {
  #render: RenderErrorPage = plain;

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

/** For a hub that is built without pages: the facts, escaped, and nothing that could run. */
function plain(_req: IncomingMessage, view: ErrorView): ErrorPage {
  const text = `${view.error}${view.description === undefined ? '' : `: ${view.description}`}`;
  const safe = text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
  return {
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Error</title><p>${safe}</p></html>`,
    headers: {
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  };
}
