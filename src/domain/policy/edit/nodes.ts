import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';

/** Sets a text, or takes the key away where there is none. A scalar that stays keeps its quotes and its comment. */
export function setField(document: Document, map: YAMLMap, key: string, value: string | undefined): void {
  const node = map.get(key, true);
  if (value === undefined || value === '') map.delete(key);
  else if (!isScalar(node)) map.set(key, document.createNode(value));
  // Dates and the like are compared as the characters written.
  else if ((node.source ?? String(node.value)) !== value) {
    node.value = value;
    delete node.source;
  }
}

/** Sets any plain data; what is equal already is left as it is written. */
export function setValue(document: Document, map: YAMLMap, key: string, value: unknown): void {
  const node = map.get(key, true);
  const now: unknown = node === undefined ? undefined : (node as { toJSON?: () => unknown }).toJSON?.();
  if (!isDeepStrictEqual(now, plain(value))) map.set(key, flowing(document, value));
}

/** Makes a list hold exactly these: others go, missing ones come at its end, what stays keeps place and comment. */
export function setList(document: Document, map: YAMLMap, key: string, wanted: readonly string[], keep = false): void {
  if (wanted.length === 0 && !keep) {
    map.delete(key);
    return;
  }
  const node = map.get(key, true);
  if (isSeq(node)) syncList(document, node, wanted);
  else map.set(key, flowing(document, wanted));
}

export function setGrants(
  document: Document,
  role: YAMLMap,
  grants: Readonly<Record<string, readonly string[]>>,
): void {
  const held = Object.entries(grants).filter(([, list]) => list.length > 0);
  const node = role.get('grants', true);
  if (held.length === 0) {
    if (isMap(node)) role.delete('grants');
    return;
  }
  if (!isMap(node)) {
    role.set('grants', document.createNode({}));
    const made = role.get('grants', true);
    if (isMap(made)) for (const [system, list] of held) made.set(system, flowing(document, list));
    return;
  }
  const systems = new Set(held.map(([system]) => system));
  for (const { key } of [...node.items]) if (!systems.has(textOf(key))) node.delete(key);
  for (const [system, list] of held) setList(document, node, system, list);
}

function syncList(document: Document, list: YAMLSeq, wanted: readonly string[]): void {
  const set = new Set(wanted);
  const has = new Set<string>();
  list.items = list.items.filter((item) => {
    const text = textOf(item);
    const stays = set.has(text) && !has.has(text);
    has.add(text);
    return stays;
  });
  for (const text of wanted) if (!has.has(text)) list.items.push(document.createNode(text));
}

function flowing(document: Document, value: unknown): unknown {
  const node = document.createNode(plain(value), { flow: true });
  return node;
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function textOf(node: unknown): string {
  return isScalar(node) ? (node.source ?? String(node.value)) : String(node);
}
