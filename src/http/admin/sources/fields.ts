import type { Attribute } from '#domain/people/fields.ts';
import { isOpenIdProvider, type SourceProvider } from '#domain/sources/source.ts';

/** One field of the form. `lines`: pairs, one a line; `words`: a list with spaces between. */
export interface SourceField {
  readonly name: string;
  readonly kind: 'text' | 'secret' | 'words' | 'lines' | 'switch' | 'long';
  readonly required?: true;
}

const first: readonly SourceField[] = [
  { name: 'title', kind: 'text', required: true },
  { name: 'domains', kind: 'words' },
];
const last: readonly SourceField[] = [
  { name: 'attributes', kind: 'lines' },
  { name: 'create', kind: 'switch' },
  { name: 'contact', kind: 'text' },
  { name: 'trustEmail', kind: 'switch' },
];
const openId: readonly SourceField[] = [
  { name: 'issuer', kind: 'text', required: true },
  { name: 'clientId', kind: 'text', required: true },
  { name: 'clientSecret', kind: 'secret' },
];
const directory: readonly SourceField[] = [
  { name: 'url', kind: 'text', required: true },
  { name: 'startTls', kind: 'switch' },
  { name: 'ca', kind: 'long' },
  { name: 'bindDn', kind: 'text' },
  { name: 'bindPassword', kind: 'secret' },
  { name: 'base', kind: 'text', required: true },
  { name: 'filter', kind: 'text' },
  { name: 'subject', kind: 'text' },
  { name: 'everybody', kind: 'text' },
  { name: 'groups', kind: 'lines' },
];

/** What the console asks of a source of this kind; what it does not ask keeps its value, or the default. */
export function fieldsFor(provider: SourceProvider): readonly SourceField[] {
  if (!isOpenIdProvider(provider)) return [...first, ...directory, ...last, { name: 'outbound', kind: 'words' }];
  const own: SourceField[] =
    provider === 'entra'
      ? [{ name: 'tenant', kind: 'text' }]
      : provider === 'google'
        ? [{ name: 'hostedDomain', kind: 'text', required: true }]
        : [];
  return [
    ...first,
    ...openId,
    ...own,
    ...last,
    { name: 'trustMethods', kind: 'switch' },
    { name: 'signOut', kind: 'switch' },
    { name: 'outbound', kind: 'words' },
  ];
}

/** A value of the settings as the form shows it; secrets never. */
export function shownIn({ name, kind }: SourceField, settings: Readonly<Record<string, unknown>>): string {
  const value = name === 'outbound' ? (settings.outbound as { allow?: unknown } | undefined)?.allow : settings[name];
  if (kind === 'secret' || value === undefined) return '';
  if (kind === 'words') return (value as readonly string[]).join(' ');
  if (kind === 'switch') return value === true ? 'yes' : '';
  if (kind === 'lines')
    return Object.entries(value as Record<string, string>)
      .map(([ours, theirs]) => `${ours} = ${theirs}`)
      .join('\n');
  return String(value);
}

/** What was typed, as the settings want it; undefined leaves the key out. A line without `=` becomes a fault of its own there. */
export function typedInto({ name, kind }: SourceField, typed: string): unknown {
  const text = kind === 'secret' ? typed : typed.trim();
  if (kind === 'switch') return text === 'yes';
  if (kind === 'words') {
    const words = text.split(/[\s,]+/).filter((word) => word !== '');
    return name === 'outbound' ? { allow: words } : words.map((word) => word.toLowerCase());
  }
  if (kind === 'lines') {
    const pairs = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line): [string, string] => {
        const at = line.indexOf('=');
        return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      });
    return Object.fromEntries(pairs);
  }
  return text === '' ? undefined : text;
}

/** A claim or attribute for reading. */
export const readable = (value: Attribute): string => (typeof value === 'string' ? value : value.join('; '));
