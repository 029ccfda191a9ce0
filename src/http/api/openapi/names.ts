import { z } from 'zod';

const registry = z.registry<{ id: string }>();

/** Gives a schema the name under which the API description shows it once and refers to it everywhere else. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  registry.add(schema, { id });
  return schema;
}

/** @throws when a route shows a schema without a name */
export function nameOf(schema: z.ZodType): string {
  const id = registry.get(schema)?.id;
  if (id === undefined) throw new Error('every body and answer of the API has a name: wrap its schema in named()');
  return id;
}

export function refTo(schema: z.ZodType): { $ref: string } {
  return { $ref: `#/components/schemas/${nameOf(schema)}` };
}

/** Every named schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export function namedSchemas(): Record<string, object> {
  const made = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema] as const),
  );
}
