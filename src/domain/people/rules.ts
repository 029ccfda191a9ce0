import { isDay } from '../days.ts';
import type { FieldFault } from '../errors.ts';
import { type Attribute, type PersonFields, textFields } from './fields.ts';

const longest = { email: 254, username: 128, text: 200, attributeName: 64, value: 1000 };
const most = { attributes: 100, values: 200 };

/** Names that an attribute may not have: they mean something else, or would reach into an object's machinery. */
const reserved = new Set<string>([
  ...textFields,
  'id',
  'version',
  'status',
  'password',
  'passwordHash',
  'emailVerified',
  '__proto__',
]);

/** Control characters have no place in a name or a login; they would break a log line or a header. */
const control = /\p{Cc}/u;

/** All faults of a person's fields at once; `path` as in the API's body. Empty when all is well. */
export function personFaults(fields: PersonFields): FieldFault[] {
  const faults: FieldFault[] = [];
  if (fields.email === undefined && fields.username === undefined)
    faults.push({ path: 'email', message: 'give an e-mail or a username: without either nobody could sign in' });
  for (const field of textFields) {
    const value = fields[field];
    if (value === undefined) continue;
    const message =
      (field === 'lastDay' && !isDay(value) ? 'write a day that exists as YYYY-MM-DD' : undefined) ??
      (field === 'email' ? emailFault(value) : field === 'username' ? usernameFault(value) : textFault(value));
    if (message !== undefined) faults.push({ path: field, message });
  }
  return [...faults, ...attributeFaults(fields.attributes)];
}

function emailFault(email: string): string | undefined {
  if (email !== email.trim()) return 'has spaces around it';
  if (email.length > longest.email) return `is longer than ${longest.email} characters`;
  // The grammar of RFC 5322 allows far more than any company uses; this takes what a mail server would deliver.
  const plausible = /^[^\s@\p{Cc}"<>(),;:\\[\]]+@[^\s@\p{Cc}"<>(),;:\\[\].]+(\.[^\s@\p{Cc}"<>(),;:\\[\].]+)*$/u;
  return plausible.test(email) ? undefined : 'is not an e-mail address';
}

function usernameFault(username: string): string | undefined {
  if (username !== username.trim()) return 'has spaces around it';
  if (username.length > longest.username) return `is longer than ${longest.username} characters`;
  return control.test(username) ? 'holds control characters' : undefined;
}

function textFault(text: string): string | undefined {
  if (text.length > longest.text) return `is longer than ${longest.text} characters`;
  return control.test(text) ? 'holds control characters' : undefined;
}

/** Why a name cannot be an attribute's, or undefined when it can. */
export function attributeNameFault(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (reserved.has(name)) return 'is reserved';
  if (name.length > longest.attributeName) return `is longer than ${longest.attributeName} characters`;
  return control.test(name) ? 'holds control characters' : undefined;
}

function attributeFaults(attributes: Readonly<Record<string, Attribute>>): FieldFault[] {
  const entries = Object.entries(attributes);
  if (entries.length > most.attributes)
    return [{ path: 'attributes', message: `more than ${most.attributes} attributes` }];
  return entries.flatMap(([name, value]) => {
    const message = listOfTextField(name, value) ? undefined : attributeNameFault(name);
    const found = message === undefined ? valueFault(value) : `the name ${message}`;
    return found === undefined ? [] : [{ path: `attributes.${name}`, message: found }];
  });
}

/** A CSV column such as `department[]` is the list attribute of that name; it stands among the attributes. */
function listOfTextField(name: string, value: Attribute): boolean {
  return typeof value !== 'string' && (mayBeList as readonly string[]).includes(name);
}

/** The text fields of which a person may have several values. */
export const mayBeList = ['department', 'jobTitle', 'country', 'manager'] as const;

function valueFault(value: Attribute): string | undefined {
  const values = typeof value === 'string' ? [value] : value;
  if (values.length > most.values) return `more than ${most.values} values`;
  return values.some((one) => one.length > longest.value) ? `is longer than ${longest.value} characters` : undefined;
}
