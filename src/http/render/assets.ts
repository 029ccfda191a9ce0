/**
 * Static files, read once at start: the style sheets joined into one, images and scripts as they are. Each is served under a name that
 * holds its hash, so browsers keep it for a year and a new version is a new address.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import type { RequestHandler } from 'express';

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.js': 'text/javascript; charset=utf-8',
};

const staticFolder = resolve(import.meta.dirname, '../../../views/static');

/** What the browser judges a new password with: the same program and list as the hub. */
const judges = { 'zxcvbn.js': '@zxcvbn-ts/core', 'zxcvbn-lists.js': '@zxcvbn-ts/language-common' } as const;

export interface Assets {
  /** `hub.css` -> `/static/hub.1a2b3c4d.css`. @throws Error for a name that is not there. */
  path(name: string): string;
  readonly middleware: RequestHandler;
}

export function loadAssets(folder = staticFolder): Assets {
  const byName = new Map<string, Asset>();
  const add = (name: string, body: Buffer): void => {
    const extension = extname(name);
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 10);
    const path = `/static/${name.slice(0, -extension.length)}.${hash}${extension}`;
    byName.set(name, { path, type: types[extension] ?? 'application/octet-stream', body });
  };
  const sheets = readdirSync(join(folder, 'css')).filter((name) => name.endsWith('.css'));
  add('hub.css', Buffer.concat(sheets.toSorted().map((name) => readFileSync(join(folder, 'css', name)))));
  for (const name of readdirSync(join(folder, 'img'))) add(name, readFileSync(join(folder, 'img', name)));
  for (const name of readdirSync(join(folder, 'js'))) add(name, readFileSync(join(folder, 'js', name)));
  // The browser's half of passkeys, as its makers ship it.
  const library = dirname(createRequire(import.meta.url).resolve('@simplewebauthn/browser'));
  add('webauthn.js', readFileSync(join(library, '../dist/bundle/index.umd.min.js')));
  for (const [name, module] of Object.entries(judges)) {
    const folder = dirname(createRequire(import.meta.url).resolve(module));
    add(name, readFileSync(join(folder, 'zxcvbn-ts.js')));
  }
  const byPath = new Map([...byName.values()].map((asset) => [asset.path, asset]));
  return {
    path(name) {
      const asset = byName.get(name);
      if (asset === undefined) throw new Error(`no static file ${name}`);
      return asset.path;
    },
    middleware(req, res, next) {
      if (req.method !== 'GET' && req.method !== 'HEAD') return next();
      // Browsers ask for this name on their own, also from pages that name no icon.
      const asset = req.path === '/favicon.ico' ? byName.get('icon.svg') : byPath.get(req.path);
      if (asset === undefined) return next();
      const forever = req.path === asset.path;
      res.setHeader('Cache-Control', forever ? 'public, max-age=31536000, immutable' : 'public, max-age=86400');
      res.type(asset.type).send(asset.body);
    },
  };
}
