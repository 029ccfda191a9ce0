import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, type Node, type Pair, parse, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';

export const parseOptions = {
  version: '1.2',
  schema: 'core',
  merge: false,
  uniqueKeys: false,
  logLevel: 'error',
} as const;

type Collection = YAMLMap | YAMLSeq;
const written = { lineWidth: 110, indentSeq: true } as const;

/** Writes the changed item over its old text; where it lies inside braces the whole document is written anew. */
export function replaceItem(text: string, document: Document, collection: Collection, index: number): string {
  const place = placeOf(text, collection, index);
  if (place === undefined) return document.toString(written);
  const item = collection.items[index];
  const whole = render(isMap(collection) ? { pair: item as Pair } : { node: item as Node }, place.indent);
  const spliced = text.slice(0, place.start) + whole + text.slice(place.end);
  return sameMeaning(spliced, document) ? spliced : document.toString(written);
}

export function removeItem(text: string, document: Document, collection: Collection, index: number): string {
  const place = placeOf(text, collection, index);
  collection.items.splice(index, 1);
  if (place === undefined || collection.items.length === 0) return document.toString(written);
  const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
  const spliced = text.slice(0, lineStart) + text.slice(text.startsWith('\n', place.end) ? place.end + 1 : place.end);
  return sameMeaning(spliced, document) ? spliced : document.toString(written);
}

/** Puts a new item behind the last one of its section. */
export function appendItem(
  text: string,
  collection: Collection,
  document: Document,
  { key, data }: { readonly key?: string; readonly data: object },
): string {
  const last = placeOf(text, collection, collection.items.length - 1);
  const node = itemNode(document, data);
  if (isMap(collection)) collection.set(document.createNode(key), node);
  else collection.items.push(node);
  if (last === undefined) {
    collection.flow = collection.flow === true && collection.items.length > 1;
    return document.toString(written);
  }
  const item = collection.items.at(-1);
  const whole = render(isMap(collection) ? { pair: item as Pair } : { node: item as Node }, last.indent);
  const lead = ' '.repeat(last.indent) + (isMap(collection) ? '' : '- ');
  const spliced = `${text.slice(0, last.end)}\n${lead}${whole}${text.slice(last.end)}`;
  return sameMeaning(spliced, document) ? spliced : document.toString(written);
}

/** A section that the document does not have yet, at its end. */
export function appendSection(
  text: string,
  part: string,
  { key, data }: { readonly key?: string; readonly data: object },
  empty: Pair<unknown, unknown> | undefined,
): string {
  const document = parseDocument(text, parseOptions);
  const node = itemNode(document, data);
  const section = document.createNode(key === undefined ? [] : {}) as unknown as Collection;
  if (isMap(section)) section.set(document.createNode(key), node);
  else section.items.push(node);
  if (empty !== undefined) {
    document.set(part, section);
    return document.toString(written);
  }
  const made = new Document({});
  made.set(part, section);
  return `${text.endsWith('\n') ? text : `${text}\n`}\n${made.toString(written)}`;
}

/** A mapping over several lines whose lists and conditions stand in brackets. */
function itemNode(document: Document, data: object): Node {
  const map = document.createNode({}) as YAMLMap;
  for (const [name, value] of Object.entries(data)) {
    if (name !== 'grants') map.set(name, document.createNode(value, { flow: true }));
    else {
      const grants = document.createNode({}) as YAMLMap;
      for (const [system, list] of Object.entries(value)) {
        grants.set(system, document.createNode(list, { flow: true }));
      }
      map.set(name, grants);
    }
  }
  return map;
}

/** From the first character of a block item to the end of its last line; undefined inside braces. */
function placeOf(
  text: string,
  collection: Collection,
  index: number,
): { start: number; end: number; indent: number } | undefined {
  const item = collection.items[index];
  if (collection.flow === true || item === undefined) return undefined;
  const [first, last] = isMap(collection)
    ? [(item as Pair<Node, Node | null>).key, (item as Pair<Node, Node | null>).value ?? (item as Pair<Node>).key]
    : [item as Node, item as Node];
  const [start, end] = [first?.range?.[0], last?.range?.[1]];
  if (start === undefined || end === undefined || (first as { anchor?: string }).anchor !== undefined) return undefined;
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  // A block's range ends before the next item; the item itself ends with its last line that is not empty.
  const body = text.slice(start, end).trimEnd();
  const rest = text.slice(start + body.length).match(/^[^\n]*/)?.[0] ?? '';
  return { start, end: start + body.length + rest.length, indent: isMap(collection) ? column : column - 2 };
}

function render(item: { readonly pair: Pair } | { readonly node: Node }, indent: number): string {
  const document = new Document({});
  if ('pair' in item) {
    const map = document.createNode({}) as YAMLMap;
    map.items.push(item.pair as Pair<unknown, unknown>);
    document.contents = map as never;
  } else {
    document.contents = item.node as never;
  }
  const before = commentTaken(item);
  const lines = unpadded(document.toString(written)).trimEnd().split('\n');
  before.restore();
  const inner = ' '.repeat('pair' in item ? indent : indent + 2);
  return lines.map((line, index) => (index === 0 || line === '' ? line : inner + line)).join('\n');
}

/** What stands above an item stays where it is in the text and is not written a second time. */
function commentTaken(item: { readonly pair: Pair } | { readonly node: Node }): { restore(): void } {
  const node = ('pair' in item ? item.pair.key : item.node) as { commentBefore?: string | null; spaceBefore?: boolean };
  const { commentBefore, spaceBefore } = node;
  delete node.commentBefore;
  delete node.spaceBefore;
  return {
    restore() {
      if (commentBefore !== undefined) node.commentBefore = commentBefore;
      if (spaceBefore !== undefined) node.spaceBefore = spaceBefore;
    },
  };
}

/** `[ a, b ]` as most people write it. Whether that changed a text is seen by `sameMeaning`. */
function unpadded(text: string): string {
  return text.replaceAll(/\[ (?=\S)/g, '[').replaceAll(/(?<=\S) \]/g, ']');
}

function sameMeaning(text: string, document: Document): boolean {
  try {
    return isDeepStrictEqual(parse(text, parseOptions), document.toJS());
  } catch {
    return false;
  }
}
