import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { HubError } from '../../errors.ts';
import { setField, setGrants, setList, setValue } from './nodes.ts';
import { appendItem, appendSection, parseOptions, removeItem, replaceItem } from './splice.ts';

/** A role as a form hands it in. What is empty is left out of the document. */
export interface RoleEdit {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly includes: readonly string[];
  readonly requires?: string | undefined;
  /** System id -> permissions. */
  readonly grants: Readonly<Record<string, readonly string[]>>;
}

export interface RuleEdit {
  readonly role: string;
  /** As plain data, in the grammar of the document. */
  readonly when: unknown;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export interface SeparationEdit {
  readonly id: string;
  readonly title?: string | undefined;
  readonly conflict: readonly { readonly system: string; readonly permission: string }[];
  readonly mode: string;
}

export interface DelegationEdit {
  readonly from: string;
  readonly to: string;
  readonly permissions: readonly string[];
}

/** One change of one item. Without a value the item goes away; without a place it is new. */
export type PolicyEdit =
  | { readonly part: 'roles'; readonly at: string; readonly value?: RoleEdit }
  | { readonly part: 'assign'; readonly at?: number; readonly value?: RuleEdit }
  | { readonly part: 'separation'; readonly at?: number; readonly value?: SeparationEdit }
  | { readonly part: 'delegations'; readonly at?: number; readonly value?: DelegationEdit };

/**
 * The text with one item changed. What comes out may still be faulty in meaning; `checkPolicy` tells.
 * @throws HubError `invalid` when the text cannot be edited by item (not YAML, aliases), `not-found` for an item not there.
 */
export function editPolicy(text: string, edit: PolicyEdit): string {
  const document = parseDocument(text, parseOptions);
  const root = document.contents;
  if (document.errors.length > 0 || !isMap(root)) throw byHand(edit.part, 'the document is no readable YAML mapping');
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === edit.part) as
    | Pair<unknown, unknown>
    | undefined;
  if (pair === undefined || pair.value === null) {
    if (edit.value === undefined) throw new HubError('not-found');
    return appendSection(text, edit.part, keyed(edit), pair);
  }
  const section = pair.value;
  if (edit.part === 'roles' ? !isMap(section) : !isSeq(section)) {
    throw byHand(edit.part, isAlias(section) ? 'it is an alias' : 'it has another shape');
  }
  const collection = section as YAMLMap | YAMLSeq;
  const index = placeOf(collection, edit);
  if (index === undefined) return appendItem(text, collection, document, keyed(edit));
  if (edit.value === undefined) return removeItem(text, document, collection, index);
  const item = collection.items[index];
  const node = edit.part === 'roles' ? (item as Pair).value : item;
  if (!isMap(node) || hasAlias(node)) throw byHand(edit.part, 'this item uses an alias');
  const before = node.toJSON();
  write(document, node, edit);
  return isDeepStrictEqual(before, node.toJSON()) ? text : replaceItem(text, document, collection, index);
}

/** @returns undefined for a new item */
function placeOf(collection: YAMLMap | YAMLSeq, edit: PolicyEdit): number | undefined {
  const index =
    edit.part === 'roles'
      ? (collection as YAMLMap).items.findIndex(({ key }) => isScalar(key) && String(key.value) === edit.at)
      : (edit.at ?? -1);
  if (index >= 0 && index < collection.items.length) return index;
  const isNew = edit.part === 'roles' || edit.at === undefined;
  if (edit.value === undefined || !isNew) throw new HubError('not-found', 'This part is no longer in the document');
  return undefined;
}

function hasAlias(node: unknown): boolean {
  if (isAlias(node)) return true;
  if (isMap(node)) return node.items.some(({ key, value }) => hasAlias(key) || hasAlias(value));
  return isSeq(node) && node.items.some(hasAlias);
}

function byHand(part: string, why: string): HubError {
  const message = `cannot be changed by a form, since ${why}; edit the document itself`;
  return new HubError('invalid', undefined, { faults: [{ path: part, message }] });
}

/** The item as plain data, with its key where it has one. */
function keyed(edit: PolicyEdit): { readonly key?: string; readonly data: object } {
  switch (edit.part) {
    case 'roles': {
      const { title, description, includes, requires, grants } = edit.value ?? { includes: [], grants: {} };
      const held = Object.fromEntries(Object.entries(grants).filter(([, list]) => list.length > 0));
      return {
        key: edit.at,
        data: defined({
          title,
          description,
          includes: includes.length > 0 ? includes : undefined,
          requires,
          grants: Object.keys(held).length > 0 ? held : undefined,
        }),
      };
    }
    default:
      return { data: defined({ ...edit.value }) };
  }
}

function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}

function write(document: Document, node: YAMLMap, edit: PolicyEdit): void {
  switch (edit.part) {
    case 'roles':
      setField(document, node, 'title', edit.value?.title);
      setField(document, node, 'description', edit.value?.description);
      setList(document, node, 'includes', edit.value?.includes ?? []);
      setField(document, node, 'requires', edit.value?.requires);
      setGrants(document, node, edit.value?.grants ?? {});
      break;
    case 'assign':
      setField(document, node, 'role', edit.value?.role);
      setValue(document, node, 'when', edit.value?.when);
      setField(document, node, 'from', edit.value?.from);
      setField(document, node, 'until', edit.value?.until);
      break;
    case 'separation':
      setField(document, node, 'id', edit.value?.id);
      setField(document, node, 'title', edit.value?.title);
      setValue(document, node, 'conflict', edit.value?.conflict);
      setField(document, node, 'mode', edit.value?.mode);
      break;
    case 'delegations':
      setField(document, node, 'from', edit.value?.from);
      setField(document, node, 'to', edit.value?.to);
      setList(document, node, 'permissions', edit.value?.permissions ?? [], true);
      break;
  }
}
