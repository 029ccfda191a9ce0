import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { at, type Faults } from './fault.ts';
import type { Entry, Tree } from './tree.ts';

/** A policy of ten thousand rules is a tenth of this. */
const maxBytes = 1024 * 1024;
/** Nodes after aliases are followed, so that a short text cannot stand for a huge one. */
const maxNodes = 200_000;
const maxDepth = 100;
/** After so many the parser has lost its way and the rest says nothing. */
const maxSyntaxFaults = 50;

/**
 * Reads one YAML 1.2 core document. Reports what YAML itself forbids and what a policy never holds: duplicate keys
 * (compared in NFC), nulls, merge keys, unknown tags, a `%YAML` directive of another version, aliases that loop or swell.
 * @returns undefined when there is no tree to go on with; the faults say why.
 */
export function readYaml(text: string, faults: Faults): Tree | undefined {
  if (Buffer.byteLength(text) > maxBytes) {
    faults.add('', 1, `The document is larger than ${maxBytes / 1024 / 1024} MiB; a policy has to be shorter.`);
    return undefined;
  }
  if (isTooDeep(text)) {
    faults.add('', 1, `The document nests deeper than ${maxDepth} levels; a policy never does.`);
    return undefined;
  }
  const lines = new LineCounter();
  const document = parse(text, lines);
  for (const problem of [...document.errors, ...document.warnings].slice(0, maxSyntaxFaults)) {
    const line = lines.linePos(problem.pos[0]).line || 1;
    faults.add('', line, `This is not YAML 1.2: ${problem.message}`);
  }
  const { yaml } = document.directives ?? { yaml: { explicit: false, version: '1.2' } };
  if (yaml.explicit && yaml.version !== '1.2') {
    faults.add('', 1, 'A policy is YAML 1.2; remove the %YAML directive.');
  }
  if (faults.any) return undefined;
  if (document.contents === null) {
    faults.add('', 1, 'The document is empty; it begins with `version: 1`.');
    return undefined;
  }
  return new Reader(document, lines, faults).read();
}

/**
 * Tells nesting apart that no document means, before the parser spends seconds on it: open brackets (also in text and comments,
 * where so many never stand) and lists in lists on one line.
 */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [sign] of text.matchAll(/[[\]{}]/g)) {
    depth = sign === '[' || sign === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > maxDepth) return true;
  }
  return new RegExp(`(?:[-?] ){${maxDepth}}`).test(text);
}

function parse(text: string, lines: LineCounter): Document {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    // Reported here instead, in NFC and with the path.
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
}

class Reader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #faults: Faults;
  readonly #targets = new Map<Alias, Node>();
  readonly #active = new Set<Node>();
  #nodes = 0;

  constructor(document: Document, lines: LineCounter, faults: Faults) {
    this.#document = document;
    this.#lines = lines;
    this.#faults = faults;
  }

  read(): Tree | undefined {
    this.#followAliases();
    const tree = this.#convert(this.#document.contents, '', 1, 0);
    if (this.#nodes > maxNodes) {
      this.#faults.add('', 1, `The document stands for more than ${maxNodes} values; use fewer aliases.`);
      return undefined;
    }
    return tree;
  }

  /** An alias means the latest anchor of its name before it. Found in one walk; the library looks it up anew for each. */
  #followAliases(): void {
    const anchors = new Map<string, Node>();
    visit(this.#document, {
      Node: (_key, node) => {
        if (isAlias(node)) {
          const target = anchors.get(node.source);
          if (target !== undefined) this.#targets.set(node, target);
        } else if (node.anchor !== undefined) {
          anchors.set(node.anchor, node);
        }
      },
    });
  }

  #line(node: Node, fallback: number): number {
    const start = node.range?.[0];
    return start === undefined ? fallback : this.#lines.linePos(start).line || fallback;
  }

  #bad(path: string, line: number, message: string): Tree {
    this.#faults.add(path, line, message);
    return { kind: 'bad', line };
  }

  #convert(node: unknown, path: string, parentLine: number, depth: number): Tree {
    this.#nodes += 1;
    if (this.#nodes > maxNodes) return { kind: 'bad', line: parentLine };
    if (depth > maxDepth)
      return this.#bad(path, parentLine, `This is nested deeper than ${maxDepth} levels; flatten it.`);
    if (isAlias(node)) return this.#convertAlias(node, path, parentLine, depth);
    if (isScalar(node)) return this.#convertScalar(node, path, this.#line(node, parentLine));
    if (isSeq(node)) {
      const line = this.#line(node, parentLine);
      this.#active.add(node);
      const items = node.items.map((item, index) => this.#convert(item, `${path}[${index}]`, line, depth + 1));
      this.#active.delete(node);
      return { kind: 'list', items, line };
    }
    if (isMap(node)) return this.#convertMap(node, path, this.#line(node, parentLine), depth);
    return this.#bad(path, parentLine, 'A value is missing here; write one or remove the key.');
  }

  #convertAlias(alias: Alias, path: string, parentLine: number, depth: number): Tree {
    const line = this.#line(alias, parentLine);
    const target = this.#targets.get(alias);
    if (target === undefined) return this.#bad(path, line, `No anchor &${alias.source} stands before this alias.`);
    if (this.#active.has(target)) return this.#bad(path, line, `The alias *${alias.source} stands inside itself.`);
    return this.#convert(target, path, line, depth + 1);
  }

  #convertScalar(node: { value: unknown; source?: string }, path: string, line: number): Tree {
    const { value } = node;
    if (value === null || value === undefined) {
      return this.#bad(path, line, 'Null is not a value of a policy; write one or remove the key.');
    }
    if (typeof value === 'string') {
      const text = value.normalize('NFC');
      return { kind: 'scalar', text, value: text, line };
    }
    if (typeof value === 'number' || typeof value === 'boolean') {
      return { kind: 'scalar', text: (node.source ?? String(value)).normalize('NFC'), value, line };
    }
    return this.#bad(path, line, 'Only text, numbers and truth values stand in a policy; put this in quotes.');
  }

  #convertMap(
    node: Node & { items: { key: unknown; value: unknown }[] },
    path: string,
    line: number,
    depth: number,
  ): Tree {
    this.#active.add(node);
    const seen = new Map<string, number>();
    const entries: Entry[] = [];
    for (const pair of node.items) {
      const key = this.#key(pair.key, path, line);
      if (key === undefined) continue;
      const here = at(path, key.text);
      const before = seen.get(key.text);
      if (before !== undefined) {
        this.#faults.add(
          here,
          key.line,
          `The key "${key.text}" stands twice, first on line ${before}; keep one of them.`,
        );
      } else {
        seen.set(key.text, key.line);
      }
      entries.push({ key: key.text, keyLine: key.line, value: this.#convert(pair.value, here, key.line, depth + 1) });
    }
    this.#active.delete(node);
    return { kind: 'mapping', entries, line };
  }

  /** A key as the characters written; undefined when it cannot be one. */
  #key(node: unknown, path: string, parentLine: number): { text: string; line: number } | undefined {
    const target = isAlias(node) ? this.#targets.get(node) : node;
    const line = isAlias(node) || isScalar(node) ? this.#line(node, parentLine) : parentLine;
    if (!isScalar(target) || target.value === null) {
      this.#faults.add(path, line, 'A key has to be a name; put it in quotes.');
      return undefined;
    }
    const text = (typeof target.value === 'string' ? target.value : (target.source ?? String(target.value))).normalize(
      'NFC',
    );
    if (text === '<<') {
      this.#faults.add(at(path, text), line, 'Merge keys are not YAML 1.2; write the entries out.');
      return undefined;
    }
    return { text, line };
  }
}
