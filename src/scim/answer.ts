import type { ScimShown } from '#actions/scim/client.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { ScimError, type ScimType } from '#domain/scim/error.ts';
import { type Projection, project } from '#domain/scim/project.ts';
import { enterpriseSchema } from '#domain/scim/schemas.ts';
import { CommitConflict, isUnavailable } from '#storage/port.ts';

export const errorMessage = 'urn:ietf:params:scim:api:messages:2.0:Error';

export interface ScimAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The person that it is about, for the page of calls. */
  readonly person?: string;
}

/** A resource with its `meta`, cut down to what was asked for. */
export function resourceOf(
  { settings }: Pick<Services, 'settings'>,
  kind: 'User' | 'Group',
  shown: ScimShown,
  projection: Projection = {},
): Record<string, unknown> {
  const location = locationOf(settings.issuer, kind, shown.id);
  const resource = withReferences(settings.issuer, shown.resource);
  const meta = {
    resourceType: kind,
    created: new Date(shown.createdAt).toISOString(),
    lastModified: new Date(shown.changedAt).toISOString(),
    location,
    version: shown.version,
  };
  return project({ ...resource, meta }, projection) as Record<string, unknown>;
}

export function locationOf(issuer: string, kind: 'User' | 'Group', id: string): string {
  return `${issuer}/scim/v2/${kind}s/${id}`;
}

/** `$ref` beside each `value` that names a resource. */
function withReferences(issuer: string, resource: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const referring = <V extends { value: string }>(one: V, kind: 'User' | 'Group') => ({
    ...one,
    $ref: locationOf(issuer, kind, one.value),
  });
  const linked = (name: string, kind: 'User' | 'Group') => {
    const values = resource[name] as { value: string }[] | undefined;
    return values === undefined ? {} : { [name]: values.map((one) => referring(one, kind)) };
  };
  const enterprise = resource[enterpriseSchema] as { manager?: { value: string } } | undefined;
  const manager = enterprise?.manager;
  const extension =
    manager === undefined ? {} : { [enterpriseSchema]: { ...enterprise, manager: referring(manager, 'User') } };
  return { ...resource, ...linked('members', 'User'), ...linked('groups', 'Group'), ...extension };
}

/** The answer that carries a resource: its ETag, and where it is. */
export function answerWith(
  services: Services,
  kind: 'User' | 'Group',
  shown: ScimShown,
  projection: Projection,
  status: 200 | 201 = 200,
): ScimAnswer {
  return {
    status,
    body: resourceOf(services, kind, shown, projection),
    headers: { etag: shown.version, location: locationOf(services.settings.issuer, kind, shown.id) },
    ...(kind === 'User' ? { person: shown.id } : {}),
  };
}

/** What a refusal of the hub is to a SCIM client (RFC 7644, 3.12). Undefined: a fault of ours. */
export function scimErrorOf(fault: unknown): ScimError | undefined {
  if (fault instanceof ScimError) return fault;
  if (isUnavailable(fault))
    return new ScimError(503, 'The store does not answer; try again in a moment', undefined, { cause: fault });
  if (fault instanceof CommitConflict) {
    return fault.reason === 'unique' || fault.reason === 'exists'
      ? new ScimError(409, 'Another request took this name, address or number in the same moment', 'uniqueness', {
          cause: fault,
        })
      : new ScimError(412, 'Another request changed this in the same moment; read it again', undefined, {
          cause: fault,
        });
  }
  if (!(fault instanceof HubError) || (fault.status >= 500 && fault.code === 'internal')) return undefined;
  const { type, status } = mapped(fault);
  const faults = fault.faults.map(({ path, message }) => `${scimName(path)}: ${message}`).join('; ');
  const detail =
    fault.code === 'already-exists' ? `${faults}; this client neither created nor linked that person` : faults;
  return new ScimError(status, detail === '' ? fault.message : detail, type, { cause: fault });
}

function mapped({ code, status }: HubError): { status: number; type?: ScimType } {
  if (code === 'already-exists') return { status: 409, type: 'uniqueness' };
  if (code === 'invalid') return { status: 400, type: 'invalidValue' };
  if (code === 'bad-request') return { status: 400, type: 'invalidSyntax' };
  if (code === 'too-large') return { status: 413, type: 'tooMany' };
  return { status };
}

/** Attributes of the hub by the names that the client knows. */
function scimName(path: string): string {
  const names: Record<string, string> = {
    email: 'emails',
    username: 'userName',
    jobTitle: 'title',
    country: 'addresses.country',
  };
  return names[path] ?? path.replace(/^attributes\./, '');
}

export function errorBody({ status, scimType, message }: ScimError): object {
  return {
    schemas: [errorMessage],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: message,
  };
}
