import type { Attribute, PersonFields, PersonPatch } from '../people/fields.ts';
import { fold } from '../people/folding.ts';
import type { ScimObject, ScimValue } from './dialect.ts';
import { ScimError } from './error.ts';
import { enterpriseSchema } from './schemas.ts';

/** Attributes of a user that are attributes of the person under the same name, for the rules of the policy. */
const sameName = ['nickName', 'userType', 'preferredLanguage', 'locale', 'timezone'] as const;
const sameNameOfEnterprise = ['costCenter', 'organization', 'division'] as const;

/** What a client's user says about a person, and what only the client's own record keeps. */
export interface UserFields {
  readonly userName: string;
  readonly externalId: string | undefined;
  /** Undefined: the client does not say. */
  readonly active: boolean | undefined;
  /** Everything that the client may say, whether it does or not; but for `status`, `manager` and the list `groups`. */
  readonly patch: PersonPatch;
  /** Id of the manager, as the client gave it. */
  readonly manager: string | undefined;
  /** Attributes without a place in the person: further addresses and numbers, parts of the name. */
  readonly rest: ScimObject;
}

/**
 * Reads a whole user in the hub's form (`canonical`).
 * @throws ScimError invalidValue for a user without `userName`
 */
export function fieldsOfUser(user: ScimObject): UserFields {
  const userName = text(user.userName);
  if (userName === undefined) throw new ScimError(400, 'userName is missing', 'invalidValue');
  const name = object(user.name);
  const enterprise = object(user[enterpriseSchema]);
  const emails = list(user.emails);
  // A login that is an address is the address, where the client names no other.
  const email = text(main(emails)?.value) ?? (userName.includes('@') ? userName : undefined);
  const attributes = Object.fromEntries<Attribute | null>([
    ...sameName.map((key) => [key, text(user[key]) ?? null] as const),
    ...sameNameOfEnterprise.map((key) => [key, text(enterprise[key]) ?? null] as const),
  ]);
  return {
    userName,
    externalId: text(user.externalId),
    active: typeof user.active === 'boolean' ? user.active : undefined,
    manager: text(object(enterprise.manager).value),
    patch: {
      email: email ?? null,
      username: email !== undefined && fold(email) === fold(userName) ? null : userName,
      name: text(user.displayName) ?? text(name.formatted) ?? null,
      givenName: text(name.givenName) ?? null,
      familyName: text(name.familyName) ?? null,
      jobTitle: text(user.title) ?? null,
      department: text(enterprise.department) ?? null,
      employeeNumber: text(enterprise.employeeNumber) ?? null,
      country: text(main(list(user.addresses))?.country) ?? null,
      attributes,
    },
    rest: withoutEmpty({
      displayName: user.displayName,
      // A client may unassign `active`; the account stays as it is, and the attribute is absent until it is sent again.
      ...(typeof user.active === 'boolean' ? {} : { active: 'unassigned' }),
      name: withoutEmpty({ formatted: name.formatted, middleName: name.middleName }),
      emails,
      phoneNumbers: list(user.phoneNumbers),
      addresses: list(user.addresses),
    }),
  };
}

/** What a user is made of: the person as they are, and what the client's record keeps beside. */
export interface UserParts {
  readonly id: string;
  readonly fields: PersonFields;
  /** The name of the account where somebody told it. */
  readonly toldName: string | undefined;
  readonly active: boolean;
  readonly userName: string;
  readonly externalId: string | undefined;
  readonly rest: ScimObject;
  /** Id of the manager. */
  readonly manager: string | undefined;
}

/** The user as the client sees it; what the hub changed in the person shows. Without `groups` and `meta`. */
export function userOf({ id, fields, toldName, active, userName, externalId, rest, manager }: UserParts): ScimObject {
  const attribute = (name: string): string | undefined => {
    const value = Object.hasOwn(fields.attributes, name) ? fields.attributes[name] : undefined;
    return typeof value === 'string' ? value : value?.[0];
  };
  return withoutEmpty({
    id,
    externalId,
    userName,
    name: withoutEmpty({ ...object(rest.name), familyName: fields.familyName, givenName: fields.givenName }),
    displayName: rest.displayName === undefined ? undefined : toldName,
    title: fields.jobTitle,
    ...Object.fromEntries(sameName.map((name) => [name, attribute(name)])),
    active: rest.active === undefined ? active : undefined,
    emails: withMain(list(rest.emails), 'value', fields.email),
    phoneNumbers: list(rest.phoneNumbers),
    addresses: withMain(list(rest.addresses), 'country', fields.country),
    [enterpriseSchema]: withoutEmpty({
      employeeNumber: fields.employeeNumber,
      ...Object.fromEntries(sameNameOfEnterprise.map((name) => [name, attribute(name)])),
      department: fields.department,
      manager: manager === undefined ? undefined : { value: manager },
    }),
  });
}

/** The primary value, else the one for work, else the first. */
function main(values: readonly ScimObject[]): ScimObject | undefined {
  return (
    values.find(({ primary }) => primary === true) ??
    values.find(({ type }) => typeof type === 'string' && type.toLowerCase() === 'work') ??
    values[0]
  );
}

/** The values with what the person has now in the place of what the client sent. */
function withMain(values: readonly ScimObject[], key: string, now: string | undefined): ScimObject[] {
  const first = main(values);
  if (first === undefined) return now === undefined ? [] : [{ [key]: now, type: 'work', primary: true }];
  return values.flatMap((one) => {
    if (one !== first) return [one];
    const { [key]: _, ...others } = one;
    if (now !== undefined) return [{ ...others, [key]: now }];
    return key === 'value' ? [] : [others];
  });
}

function withoutEmpty(parts: Readonly<Record<string, ScimValue | undefined>>): ScimObject {
  const kept = Object.entries(parts).filter(([, value]) => {
    if (value === undefined || value === '') return false;
    if (typeof value !== 'object') return true;
    return (Array.isArray(value) ? value : Object.keys(value)).length > 0;
  });
  return Object.fromEntries(kept) as ScimObject;
}

const text = (value: ScimValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

function object(value: ScimValue | undefined): ScimObject {
  return typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function list(value: ScimValue | undefined): ScimObject[] {
  return Array.isArray(value)
    ? value.filter((one): one is ScimObject => typeof one === 'object' && !Array.isArray(one))
    : [];
}
