/** Keywords of RFC 7644, table 9, that the hub answers with. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'tooMany'
  | 'uniqueness';

/** A refusal of the SCIM server (RFC 7644, 3.12). `message` becomes `detail`: it names the attribute and the remedy. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, message: string, scimType?: ScimType, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }
}
