/** The description is made from the declarations; here it is checked as a document of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiDocument } from '#http/api/openapi/document.ts';
import { apiRoutes } from '#http/api/routes.ts';

interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
  security: Record<string, string[]>[];
}
interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { properties?: Record<string, unknown> }>;
    securitySchemes: Record<string, unknown>;
  };
}

// As a reader gets it: through JSON.
const document: Description = JSON.parse(JSON.stringify(openApiDocument(apiRoutes, 'https://hub.example')));

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })),
);

function* nodes(node: unknown, at = '#'): Generator<{ at: string; node: Record<string, unknown> }> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield { at, node: node as Record<string, unknown> };
  for (const [key, child] of Object.entries(node)) yield* nodes(child, `${at}/${key}`);
}

test('every route is described once', () => {
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(
    operations.map(({ name }) => name).sort(),
    apiRoutes.map(({ method, path }) => `${method} ${path}`).sort(),
  );
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length, 'operation ids are unique');
});

test('every reference leads somewhere, and every schema is used', () => {
  const used = new Set<string>();
  for (const { at, node } of nodes(document)) {
    if (typeof node.$ref !== 'string') continue;
    const name = /^#\/components\/schemas\/(\w+)$/.exec(node.$ref)?.[1];
    assert.ok(name !== undefined && name in document.components.schemas, `${at}: ${node.$ref}`);
    used.add(name);
  }
  assert.deepEqual(Object.keys(document.components.schemas).sort(), [...used].sort());
});

test('schemas stand in the dialect of OpenAPI 3.1 without identifiers of their own', () => {
  const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
  for (const { at, node } of nodes(document.components.schemas)) {
    assert.ok(!('$id' in node) && !('$schema' in node) && !('nullable' in node), at);
    const { type } = node;
    if (typeof type === 'string') assert.ok(types.has(type), `${at}: ${type}`);
    const { required, properties } = node as { required?: string[]; properties?: object };
    if (Array.isArray(required)) {
      for (const name of required) assert.ok(name in (properties ?? {}), `${at} requires ${name}`);
    }
  }
});

for (const { name, path, operation } of operations) {
  test(`${name} says what it takes and what it may answer`, () => {
    const { parameters } = operation;
    assert.deepEqual(
      parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
      [...path.matchAll(/\{(\w+)\}/g)].map((hit) => hit[1]),
    );
    for (const parameter of parameters) assert.equal(typeof parameter.schema, 'object', parameter.name);
    const responses = Object.entries(operation.responses);
    assert.ok(responses.some(([status]) => status.startsWith('2')));
    for (const [status, response] of responses) {
      assert.match(status, /^[1-5]\d\d$/);
      assert.ok(response.description !== '', status);
      if (status.startsWith('4')) assert.ok(response.content?.['application/problem+json'], status);
    }
    for (const status of ['400', '401', '403', '503']) assert.ok(status in operation.responses, status);
    const schemes = document.components.securitySchemes;
    assert.ok(operation.security.length > 0);
    for (const need of operation.security) {
      for (const scheme of Object.keys(need)) assert.ok(scheme in schemes, scheme);
    }
  });
}

test('secrets are taken and never shown', () => {
  const { schemas } = document.components;
  const propertiesOf = (name: string) => Object.keys(schemas[name]?.properties ?? assert.fail(name));
  assert.ok(propertiesOf('NewSystem').includes('clientSecret') && propertiesOf('NewPerson').includes('password'));
  for (const name of [...propertiesOf('NewSystem'), ...propertiesOf('SystemPatch')]) {
    assert.notEqual(name, 'clientSecretFile', 'a file of the hub’s machine is nothing for the API to read');
  }
  for (const shown of ['System', 'Person', 'Key', 'Delivery']) {
    for (const name of propertiesOf(shown)) {
      assert.doesNotMatch(name, /^(client)?secret|sealed|password|private|^sub$|^sid$/i, `${shown}.${name}`);
    }
  }
});
