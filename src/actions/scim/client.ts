/** A system that calls the SCIM server. */
export interface ScimClient {
  /** System id. */
  readonly id: string;
  /** Which key lets it link a person that it did not make. */
  readonly adopt: 'employeeNumber' | undefined;
}

/** A resource as the client sees it, without `meta`, and the values from which `meta` is built. */
export interface ScimShown {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly id: string;
  /** The weak ETag (RFC 7644, 3.14). */
  readonly version: string;
  readonly createdAt: number;
  readonly changedAt: number;
}
