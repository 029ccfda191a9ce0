import type { ScimClient } from '#actions/scim/client.ts';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import { ScimError } from '#domain/scim/error.ts';
import { type Projection, readProjection } from '#domain/scim/project.ts';
import { CommitConflict } from '#storage/port.ts';

/** One request of a client that was authenticated. */
export interface ScimRequest {
  readonly client: ScimClient;
  readonly origin: Origin;
  readonly method: string;
  /** Below /scim/v2, without the query. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export function projectionOf({ query }: Pick<ScimRequest, 'query'>): Projection {
  return readProjection(query.get('attributes'), query.get('excludedAttributes'));
}

const attempts = 4;

/**
 * Runs a write as one unit of work and commits it. A race with another change is run again, unless the client named the version
 * that it saw.
 */
export async function inOneCommit<R>(
  { store }: Services,
  ifMatch: string | undefined,
  work: () => Promise<R>,
): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.unit(async (unit) => {
        const result = await work();
        await unit.commit();
        return result;
      });
    } catch (fault) {
      if (!(fault instanceof CommitConflict)) throw fault;
      if (ifMatch !== undefined && fault.reason !== 'unique' && fault.reason !== 'exists')
        throw new ScimError(412, 'Another request changed this in the same moment; read it again', undefined, {
          cause: fault,
        });
      if (attempt >= attempts || fault.reason === 'unique') throw fault;
    }
  }
}
