import { parse, stringify } from 'yaml';
import { systemShape } from '#settings/system.ts';

/** How a field is asked: a line, one of a few words, yes or no, one a line, words, or a piece of the configuration. */
export type SystemFieldKind = 'text' | 'select' | 'switch' | 'lines' | 'words' | 'yaml';

export interface SystemField {
  /** As in the configuration, dotted; names the texts `connect.field.…` and `connect.hint.…`. */
  readonly name: string;
  readonly kind: SystemFieldKind;
  readonly options?: readonly string[];
  readonly required?: true;
  /** It may be left to the product's module or the general default. */
  readonly silent?: true;
}

export interface FieldSection {
  /** Names the text `connect.section.<id>`. */
  readonly id: string;
  /** Only for systems of this protocol. */
  readonly protocol?: 'oidc' | 'saml';
  readonly fields: readonly SystemField[];
}

const words = (name: keyof typeof systemShape): readonly string[] => {
  const schema = systemShape[name] as { unwrap?: () => unknown; options?: readonly string[] };
  const inner = (schema.unwrap === undefined ? schema : schema.unwrap()) as { options?: readonly string[] };
  return inner.options ?? [];
};
const line = (name: string, required?: true): SystemField => ({
  name,
  kind: 'text',
  ...(required ? { required } : {}),
});
const choice = (name: keyof typeof systemShape): SystemField => ({ name, kind: 'select', options: words(name) });
const unset = (name: keyof typeof systemShape): SystemField => ({ ...choice(name), silent: true });
const flag = (name: string): SystemField => ({ name, kind: 'switch' });

/**
 * Every field that the configuration can say about a system, but for its id, which never changes, and its secret, which is
 * rotated. `test/http/admin/systems.test.ts` holds this list to `systemShape`.
 */
export const sections: readonly FieldSection[] = [
  {
    id: 'basics',
    fields: [
      line('title', true),
      choice('side'),
      line('provider', true),
      unset('protocol'),
      line('description'),
      line('launchUri'),
    ],
  },
  {
    id: 'oidc',
    protocol: 'oidc',
    fields: [
      { name: 'redirectUris', kind: 'lines' },
      { name: 'postLogoutRedirectUris', kind: 'lines' },
      line('backchannelLogoutUri'),
      line('clientId', true),
      choice('auth'),
      line('jwksUri'),
      { name: 'jwks', kind: 'yaml' },
      choice('idTokenAlg'),
      unset('pkce'),
      flag('implicit'),
      unset('dpop'),
      unset('profile'),
      flag('par'),
      flag('deviceFlow'),
    ],
  },
  {
    id: 'people',
    fields: [
      flag('open'),
      flag('firstParty'),
      choice('requires'),
      flag('refresh'),
      flag('rotateRefresh'),
      line('session.idle'),
      line('session.absolute'),
    ],
  },
  {
    id: 'api',
    fields: [
      line('api.audience'),
      { name: 'machine.scopes', kind: 'words' },
      { name: 'outbound.allow', kind: 'words' },
    ],
  },
  { id: 'provisioning', fields: [{ name: 'provisioning', kind: 'yaml' }] },
  { id: 'product', fields: [{ name: 'settings', kind: 'yaml' }] },
];

type Settings = Readonly<Record<string, unknown>>;

function at(settings: Settings, name: string): unknown {
  return name.split('.').reduce<unknown>((value, key) => (value as Settings | undefined)?.[key], settings);
}

/** A value of the settings as the form shows it. */
export function shownIn({ name, kind }: SystemField, settings: Settings): string {
  const value = at(settings, name);
  if (value === undefined) return '';
  if (kind === 'switch') return value === true ? 'yes' : '';
  if (kind === 'lines') return (value as readonly string[]).join('\n');
  if (kind === 'words') return (value as readonly string[]).join(' ');
  if (kind === 'yaml') return Object.keys(value as object).length === 0 ? '' : stringify(value).trimEnd();
  return String(value);
}

/** What was typed, as the configuration would say it; undefined leaves the key out. @throws YAMLParseError */
function typedInto({ kind }: SystemField, typed: string): unknown {
  const text = typed.trim();
  if (kind === 'switch') return text === 'yes';
  if (text === '') return kind === 'lines' ? [] : undefined;
  if (kind === 'lines') return text.split(/\s*\n\s*/);
  if (kind === 'words') return text.split(/[\s,]+/);
  return kind === 'yaml' ? parse(text) : text;
}

/** The settings with what was typed in their place, and what of it could not be read. */
export function withTyped(
  settings: Settings,
  fields: readonly SystemField[],
  typed: Readonly<Record<string, string>>,
): { raw: Record<string, unknown>; faults: Record<string, string> } {
  const raw: Record<string, unknown> = structuredClone({ ...settings });
  const faults: Record<string, string> = {};
  for (const field of fields) {
    try {
      const value = typedInto(field, typed[field.name] ?? '');
      // Silence stays silence: an absent switch means no already.
      if (value === false && at(settings, field.name) === undefined) continue;
      put(raw, field.name.split('.'), value);
    } catch (error) {
      faults[field.name] = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    }
  }
  return { raw, faults };
}

/** Sets a value below its group; a group that becomes empty goes. */
function put(target: Record<string, unknown>, [key = '', ...deeper]: readonly string[], value: unknown): void {
  if (deeper.length === 0) {
    if (value === undefined) delete target[key];
    else target[key] = value;
    return;
  }
  const group = { ...(target[key] as Record<string, unknown> | undefined) };
  put(group, deeper, value);
  if (Object.keys(group).length === 0) delete target[key];
  else target[key] = group;
}
