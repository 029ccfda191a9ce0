/** A reason of matching as a page can say it in any language: a code, the values in it, and what the names differ in. */
export interface Reason {
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** The English sentences that matching gives, by code; `{x}` stands for a value. */
const sentences: readonly (readonly [code: string, sentence: string])[] = [
  ['same-number', 'same employee number {value}'],
  ['same-address', 'same address {value}'],
  ['same-telephone', 'same telephone {value}'],
  ['numbers-differ', 'employee numbers differ ({one}, {two})'],
  ['addresses-differ', 'addresses differ ({one}, {two})'],
  ['some-numbers-differ', 'employee numbers differ'],
  ['some-addresses-differ', 'addresses differ'],
  ['departments-differ', 'departments differ'],
  ['telephones-differ', 'telephones differ'],
  ['external', 'one of them is external'],
  ['numbered', 'an address is numbered: there is a namesake'],
  ['only-owner-department', 'one owner of this name, same department'],
  ['only-owner', 'one owner of this rare name'],
  ['namesakes-department', '{count} people of this name, same department'],
  ['namesakes', '{count} people of this name'],
  ['name-alone-department', 'the name alone agrees, same department'],
  ['name-alone', 'the name alone agrees'],
  ['directory', 'both are {person} of the directory'],
  ['another-fits', 'another row fits as well'],
  ['second-account', 'another account of the same person'],
  ['several-accounts', 'several accounts of one person'],
  ['family-alone', 'the family name alone agrees'],
  ['given-alone', 'the given name alone agrees'],
  ['same-characters', 'same name in Chinese characters'],
  ['characters-turned', 'same characters, another order'],
  ['sounds-same', 'sounds the same, other characters'],
  ['user-type', 'user type {type}'],
  ['test-address', 'a test address'],
  ['machine', 'the name is a machine, a place or a group'],
  ['digit', 'the name holds a digit, and nothing tells a person'],
  ['technical-login', 'the login is a technical one'],
  ['mailbox', 'a shared mailbox without a name'],
];

const notes: Readonly<Record<string, string>> = {
  'another romanisation': 'romanisation',
  'another spelling': 'spelling',
  'short form': 'short-form',
  'initial only': 'initial',
  'one of several names': 'several',
  'one typing slip': 'slip',
  'cut off': 'cut-off',
  'words in another order': 'order',
  'spaces elsewhere': 'spaces',
};

const patterns = sentences.map(([code, sentence]) => {
  const names = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const source = sentence.replace(/[()]/g, '\\$&').replace(/\{\w+\}/g, '(.+)');
  return { code, names, pattern: new RegExp(`^${source}$`, 'u') };
});

/** Reads a reason; undefined for one that is none of matching's. */
export function readReason(text: string): Reason | undefined {
  const [, script, told] = /^same name( in another script)?(?: \((.+)\))?$/u.exec(text) ?? [];
  if (text.startsWith('same name') && (text === 'same name' || script !== undefined || told !== undefined)) {
    const found = (told?.split(', ') ?? []).map((note) => notes[note]);
    if (found.every((note) => note !== undefined))
      return { code: script === undefined ? 'same-name' : 'same-name-script', values: {}, notes: found };
  }
  for (const { code, names, pattern } of patterns) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const values = Object.fromEntries(names.map((name, at) => [name, match[at + 1] ?? '']));
    return { code, values, notes: [] };
  }
  return undefined;
}

/** What a doubt is about, for looking at many of a kind together. */
export type DoubtGroup = 'contradiction' | 'namesakes' | 'name-alone' | 'part-name' | 'other';
export const doubtGroups: readonly DoubtGroup[] = ['contradiction', 'part-name', 'namesakes', 'name-alone', 'other'];

/** The group that the reasons of a doubt put it in, the gravest first. */
export function doubtGroup(reasons: readonly string[]): DoubtGroup {
  const codes = new Set(reasons.map((reason) => readReason(reason)?.code));
  const any = (...wanted: readonly string[]): boolean => wanted.some((code) => codes.has(code));
  if (any('numbers-differ', 'addresses-differ')) return 'contradiction';
  if (any('same-number', 'same-address', 'same-telephone')) return 'part-name';
  if (any('namesakes', 'namesakes-department')) return 'namesakes';
  return any('name-alone', 'name-alone-department') ? 'name-alone' : 'other';
}
