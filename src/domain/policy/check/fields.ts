import { nearest } from '../../suggest.ts';
import { at, type Faults } from '../fault.ts';
import type { Entry, ListTree, MappingTree, ScalarTree, Tree } from '../tree.ts';

/** What a tree was expected to be, for the message. */
const words = { mapping: 'a mapping (key: value)', list: 'a list', scalar: 'a single value' } as const;

/** So many suggestions are looked for; a document with more faults than this has another kind of fault. */
const mostSuggestions = 200;

/** Typed looks into a tree. Each reports what is not as it should be and answers undefined, so that a check goes on. */
export class Fields {
  readonly faults: Faults;
  #suggestions = 0;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  /** The nearest name that would be right. */
  suggest(name: string, names: Iterable<string>): string | undefined {
    this.#suggestions += 1;
    return this.#suggestions > mostSuggestions ? undefined : nearest(name, names);
  }

  mapping(tree: Tree, path: string): MappingTree | undefined {
    return tree.kind === 'mapping' ? tree : this.#wrong(tree, path, 'mapping');
  }

  list(tree: Tree, path: string): ListTree | undefined {
    return tree.kind === 'list' ? tree : this.#wrong(tree, path, 'list');
  }

  scalar(tree: Tree, path: string): ScalarTree | undefined {
    return tree.kind === 'scalar' ? tree : this.#wrong(tree, path, 'scalar');
  }

  /** A scalar that has at least one character. */
  name(tree: Tree, path: string): ScalarTree | undefined {
    const scalar = this.scalar(tree, path);
    if (scalar === undefined || scalar.text !== '') return scalar;
    this.faults.add(path, scalar.line, 'This is empty; write a name.');
    return undefined;
  }

  /** One of a few words. */
  choice<W extends string>(tree: Tree, path: string, choices: readonly W[]): W | undefined {
    const scalar = this.scalar(tree, path);
    if (scalar === undefined) return undefined;
    const found = choices.find((choice) => choice === scalar.text);
    if (found === undefined) {
      const message = `"${shown(scalar.text)}" is not possible here; write one of ${choices.join(', ')}.`;
      this.faults.add(path, scalar.line, message, this.suggest(scalar.text, choices));
    }
    return found;
  }

  /**
   * The entries of a mapping whose keys are fixed. Reports unknown keys with the nearest known one, and missing ones.
   * @returns the first entry of each known key.
   */
  closed<K extends string>(
    mapping: MappingTree,
    path: string,
    required: readonly K[],
    optional: readonly K[] = [],
  ): Partial<Record<K, Entry>> {
    const known: readonly string[] = [...required, ...optional];
    const found = new Map<string, Entry>();
    for (const entry of mapping.entries) {
      if (!known.includes(entry.key)) {
        const message = `The key "${shown(entry.key)}" is not known here; possible are ${known.join(', ')}.`;
        this.faults.add(at(path, entry.key), entry.keyLine, message, this.suggest(entry.key, known));
      } else if (!found.has(entry.key)) {
        found.set(entry.key, entry);
      }
    }
    for (const key of required) {
      if (!found.has(key)) this.faults.add(at(path, key), mapping.line, `The key "${key}" is missing; it is required.`);
    }
    return Object.fromEntries(found) as Partial<Record<K, Entry>>;
  }

  #wrong(tree: Tree, path: string, wanted: keyof typeof words): undefined {
    if (tree.kind !== 'bad')
      this.faults.add(path, tree.line, `This is ${words[tree.kind]}; it has to be ${words[wanted]}.`);
    return undefined;
  }
}

/** A name in a message, cut so that a hostile document cannot fill the screen. */
export function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
