import express, { type ErrorRequestHandler, type Express } from 'express';
import { html } from './html.ts';
import { type Face, sendPage } from './page.ts';
import type { SystemConfig } from './relying-party.ts';
import { style } from './style.ts';

/** An app with what both systems have: safe headers, the style sheet, and at the end pages for what is not there or failed. */
export function systemApp(config: SystemConfig, face: Face, mount: (app: Express) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  // Signing out posts a form here whose answer leads to the hub, and browsers check the whole way.
  const csp = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${new URL(config.issuer).origin}; base-uri 'none'; frame-ancestors 'none'`;
  app.use((_req, res, next) => {
    res.set({ 'Content-Security-Policy': csp, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
    res.set('Cache-Control', 'no-store');
    next();
  });
  app.get('/style.css', (_req, res) => {
    res.set('Cache-Control', 'max-age=300').type('css').send(style);
  });
  mount(app);
  app.use((_req, res) => {
    sendPage(res, face, {
      title: 'There is no such page',
      status: 404,
      body: html`<p><a href="/">To the start</a></p>`,
    });
  });
  const failed: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    const status = typeof error?.status === 'number' && error.status < 500 ? error.status : 502;
    console.error(`${face.title}: ${error instanceof Error ? error.message : String(error)}`);
    const body = html`<p>Nothing was changed. Try again in a moment.</p><p><a href="/">To the start</a></p>`;
    sendPage(res, face, { title: 'That did not work', status, body });
  };
  app.use(failed);
  return app;
}
