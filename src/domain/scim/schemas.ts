/** The attributes that the SCIM server takes, as RFC 7643, section 7, describes attributes; the rest of the core schema is ignored. */

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

export interface ScimAttribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference';
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable';
  readonly returned: 'default';
  readonly uniqueness: 'none' | 'server';
  readonly referenceTypes?: readonly string[];
  readonly canonicalValues?: readonly string[];
  readonly subAttributes?: readonly ScimAttribute[];
}

type Options = Partial<Omit<ScimAttribute, 'name' | 'description'>>;

function attribute(name: string, description: string, options: Options = {}): ScimAttribute {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...options,
  };
}

const complex = (name: string, description: string, subAttributes: readonly ScimAttribute[], options: Options = {}) =>
  attribute(name, description, { type: 'complex', subAttributes, ...options });

const plural = (name: string, description: string, types: readonly string[], more: readonly ScimAttribute[]) =>
  complex(
    name,
    description,
    [
      ...more,
      attribute('type', 'What it is for.', { canonicalValues: types }),
      attribute('primary', 'Whether this is the preferred one.', { type: 'boolean' }),
    ],
    { multiValued: true },
  );

const reference = (name: string, types: readonly string[], mutability: ScimAttribute['mutability']) =>
  attribute(name, 'Address of the resource.', {
    type: 'reference',
    referenceTypes: types,
    mutability,
    caseExact: true,
  });

export const userAttributes: readonly ScimAttribute[] = [
  attribute('userName', 'What the client calls the user. The person signs in with it or with the email.', {
    required: true,
    uniqueness: 'server',
  }),
  complex('name', 'Parts of the name.', [
    attribute('formatted', 'The whole name, as it is shown.'),
    attribute('familyName', 'Family name.'),
    attribute('givenName', 'Given name.'),
    attribute('middleName', 'Middle name.'),
  ]),
  attribute('displayName', 'The name that pages show.'),
  attribute('nickName', 'Casual name.'),
  attribute('title', 'Job title.'),
  attribute('userType', 'Relation to the company, such as Employee or Contractor.'),
  attribute('preferredLanguage', 'Language, such as pl.'),
  attribute('locale', 'Locale for dates and numbers, such as pl-PL.'),
  attribute('timezone', 'IANA time zone, such as Europe/Warsaw.'),
  attribute('active', 'False disables the account and ends all its sessions.', { type: 'boolean' }),
  plural(
    'emails',
    'Email addresses; the primary one is the address of the account.',
    ['work', 'home', 'other'],
    [attribute('value', 'The address.')],
  ),
  plural('phoneNumbers', 'Phone numbers.', ['work', 'mobile', 'home', 'other'], [attribute('value', 'The number.')]),
  plural(
    'addresses',
    'Postal addresses; the country of the first is the country of the account.',
    ['work', 'home', 'other'],
    [
      attribute('formatted', 'The whole address.'),
      attribute('streetAddress', 'Street and number.'),
      attribute('locality', 'City.'),
      attribute('region', 'State or region.'),
      attribute('postalCode', 'Postal code.'),
      attribute('country', 'Country, such as PL.'),
    ],
  ),
  complex(
    'groups',
    'Groups of this client that the user belongs to; changed through the group.',
    [
      attribute('value', 'Id of the group.', { mutability: 'readOnly', caseExact: true }),
      reference('$ref', ['Group'], 'readOnly'),
      attribute('display', 'Name of the group.', { mutability: 'readOnly' }),
    ],
    { multiValued: true, mutability: 'readOnly' },
  ),
];

export const enterpriseAttributes: readonly ScimAttribute[] = [
  attribute('employeeNumber', 'Number of the employee; unique in the hub.'),
  attribute('costCenter', 'Cost center.'),
  attribute('organization', 'Organization.'),
  attribute('division', 'Division.'),
  attribute('department', 'Department.'),
  complex('manager', 'The manager.', [
    attribute('value', 'Id of the manager, a user of this client.', { caseExact: true }),
    reference('$ref', ['User'], 'immutable'),
  ]),
];

export const groupAttributes: readonly ScimAttribute[] = [
  attribute('displayName', 'Name of the group, as rules of the policy see it.', {
    required: true,
    uniqueness: 'server',
  }),
  complex(
    'members',
    'Users of this client that belong to the group.',
    [
      attribute('value', 'Id of the user.', { caseExact: true }),
      reference('$ref', ['User'], 'immutable'),
      attribute('type', 'Users alone can be members.', { canonicalValues: ['User'] }),
    ],
    { multiValued: true },
  ),
];

/** Attributes of every resource (RFC 7643, 3.1). */
export const commonAttributes: readonly ScimAttribute[] = [
  attribute('id', 'Given by the hub.', { caseExact: true, mutability: 'readOnly', uniqueness: 'server' }),
  attribute('externalId', 'Given by the client.', { caseExact: true }),
  complex('meta', 'About the resource.', [], { mutability: 'readOnly' }),
];

/** What may stand in a user: its own attributes, the common ones, and the enterprise extension as one complex attribute. */
export const userShape: readonly ScimAttribute[] = [
  ...commonAttributes,
  ...userAttributes,
  complex(enterpriseSchema, 'Enterprise extension.', enterpriseAttributes),
];
export const groupShape: readonly ScimAttribute[] = [...commonAttributes, ...groupAttributes];

/** Attribute names are compared without regard to case (RFC 7643, 2.1). */
export function attributeNamed(shape: readonly ScimAttribute[], name: string): ScimAttribute | undefined {
  const wanted = name.toLowerCase();
  return shape.find((one) => one.name.toLowerCase() === wanted);
}
