/** The floors of the house: arrows point down, there are no cycles, and `process.env` is read in settings alone. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');

/** Room -> the rooms it may import from, itself always included. */
const floors: Record<string, string[]> = {
  domain: [],
  platform: ['domain'],
  settings: ['domain', 'platform'],
  providers: ['domain'],
  storage: ['platform', 'domain'],
  actions: ['storage', 'settings', 'platform', 'domain'],
  provisioning: ['actions', 'storage', 'settings', 'platform', 'domain'],
  scim: ['actions', 'storage', 'settings', 'platform', 'domain'],
  federation: ['actions', 'storage', 'settings', 'platform', 'domain'],
  oidc: ['actions', 'storage', 'settings', 'platform', 'domain'],
  workers: ['http', 'platform'],
  http: ['oidc', 'provisioning', 'scim', 'federation', 'actions', 'storage', 'settings', 'platform', 'domain'],
};

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function room(file: string): string {
  const parts = relative(root, file).split('/');
  if (parts[0] === 'providers') return 'providers';
  return parts.length > 2 ? (parts[1] ?? '') : 'top';
}

const sources = [...files(join(root, 'src')), ...files(join(root, 'providers'))];

function importsOf(file: string): { target: string; typeOnly: boolean }[] {
  const text = readFileSync(file, 'utf8');
  const found: { target: string; typeOnly: boolean }[] = [];
  for (const match of text.matchAll(/^\s*(?:import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'/gm)) {
    const name = match[2] ?? '';
    let target: string | undefined;
    if (name.startsWith('.')) target = resolve(dirname(file), name);
    else if (name.startsWith('#providers/')) target = join(root, 'providers', name.slice('#providers/'.length));
    else if (name.startsWith('#src/')) target = join(root, 'src', name.slice('#src/'.length));
    else if (name.startsWith('#')) target = join(root, 'src', name.slice(1));
    if (target !== undefined) found.push({ target, typeOnly: match[1] !== undefined });
  }
  return found;
}

test('every arrow points down', () => {
  const faults: string[] = [];
  for (const file of sources) {
    const from = room(file);
    if (from === 'top' || from === 'cli') continue;
    assert.ok(floors[from] !== undefined, `${relative(root, file)}: the room ${from} is not in the plan`);
    for (const { target } of importsOf(file)) {
      const to = room(target);
      if (to !== from && !floors[from].includes(to))
        faults.push(`${relative(root, file)} -> ${relative(root, target)}`);
    }
  }
  assert.deepEqual(faults, []);
});

test('no file imports itself through others', () => {
  const graph = new Map(
    sources.map((file) => [
      file,
      importsOf(file)
        .filter((arrow) => !arrow.typeOnly)
        .map((arrow) => arrow.target),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].map((step) => relative(root, step)).join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of sources) walk(file, []);
  assert.deepEqual(cycles, []);
});

test('the environment is read in settings alone', () => {
  const readers = sources
    .filter((file) => room(file) !== 'settings' && readFileSync(file, 'utf8').includes('process.env'))
    .map((file) => relative(root, file));
  assert.deepEqual(readers, []);
});
