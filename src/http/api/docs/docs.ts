import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Looked up, not imported: to import the package is to load and keep the whole bundle, which only browsers need (10 MiB). */
const swagger = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

/** What the reference page loads: our start file and swagger-ui, served from here so that nothing comes from elsewhere. */
const files: Readonly<Record<string, { path: string; type: string }>> = {
  'init.js': { path: join(import.meta.dirname, 'init.js'), type: 'text/javascript; charset=utf-8' },
  'page.css': { path: join(import.meta.dirname, 'page.css'), type: 'text/css; charset=utf-8' },
  'swagger-ui.css': { path: join(swagger, 'swagger-ui.css'), type: 'text/css; charset=utf-8' },
  'swagger-ui-bundle.js': {
    path: join(swagger, 'swagger-ui-bundle.js'),
    type: 'text/javascript; charset=utf-8',
  },
};

/** Scripts and calls to this hub alone, none inline; swagger-ui draws its icons as data images. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @param csrf the browser's token, so that a signed-in admin can try changes; base64url */
export function sendDocsPage(res: ServerResponse, csrf: string): void {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf-token" content="${csrf}">
<title>REST API · Gatehouse</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
<script src="docs/swagger-ui-bundle.js" defer></script>
<script src="docs/init.js" defer></script>
</head>
<body>
<main id="reference"></main>
<noscript><p>This reference is drawn by a script. The same as JSON: <a href="openapi.json">openapi.json</a></p></noscript>
</body>
</html>
`;
  res.setHeader('content-security-policy', policy);
  res.setHeader('content-type', 'text/html; charset=utf-8');
  res.setHeader('cache-control', 'no-store');
  res.end(html);
}

/** @returns false when there is no such file */
export async function sendDocsFile(res: ServerResponse, name: string): Promise<boolean> {
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  if (file === undefined) return false;
  const bytes = await readFile(file.path);
  res.setHeader('content-type', file.type);
  res.setHeader('content-length', bytes.length);
  res.setHeader('cache-control', 'public, max-age=3600');
  res.end(bytes);
  return true;
}
