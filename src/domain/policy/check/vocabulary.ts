import type { DomainOfPolicy, KnownSystem, Side } from '../document.ts';
import { at } from '../fault.ts';
import type { Tree } from '../tree.ts';
import { type Fields, shown } from './fields.ts';

const sides: readonly Side[] = ['crm', 'erp', 'other'];

/** `domains:` -> the vocabulary. */
export function checkDomains(fields: Fields, tree: Tree, path: string): Map<string, DomainOfPolicy> {
  const domains = new Map<string, DomainOfPolicy>();
  for (const entry of fields.mapping(tree, path)?.entries ?? []) {
    const here = at(path, entry.key);
    if (entry.key === 'hub') {
      fields.faults.add(here, entry.keyLine, 'The domain "hub" is reserved for the hub itself; choose another name.');
    }
    checkWord(fields, entry.key, here, entry.keyLine);
    const domain = checkDomain(fields, entry.value, here);
    if (domain !== undefined && !domains.has(entry.key)) domains.set(entry.key, domain);
  }
  return domains;
}

function checkDomain(fields: Fields, tree: Tree, path: string): DomainOfPolicy | undefined {
  const mapping = fields.mapping(tree, path);
  if (mapping === undefined) return undefined;
  const { title, sides: sideList, actions } = fields.closed(mapping, path, ['sides', 'actions'], ['title']);
  const served: Side[] = [];
  for (const [index, item] of listItems(fields, sideList?.value, at(path, 'sides'))) {
    const side = fields.choice(item, `${path}.sides[${index}]`, sides);
    if (side !== undefined) served.push(side);
  }
  const names: string[] = [];
  for (const [index, item] of listItems(fields, actions?.value, at(path, 'actions'))) {
    const name = fields.name(item, `${path}.actions[${index}]`);
    if (name === undefined) continue;
    checkWord(fields, name.text, `${path}.actions[${index}]`, name.line);
    names.push(name.text);
  }
  return {
    title: (title && fields.scalar(title.value, at(path, 'title'))?.text) ?? '',
    sides: served,
    actions: names,
  };
}

function listItems(fields: Fields, tree: Tree | undefined, path: string) {
  return (tree === undefined ? undefined : fields.list(tree, path))?.items.entries() ?? [];
}

/** `domain:action` is split at the colon and travels in space-separated scopes (RFC 6749, 3.3). */
function checkWord(fields: Fields, word: string, path: string, line: number): void {
  if (word === '' || /[:\s]/.test(word)) {
    fields.faults.add(
      path,
      line,
      `"${shown(word)}" is no name for a domain or an action; leave out colons and spaces.`,
    );
  }
}

/** What a policy may name: the systems of the hub and the permissions declared in the document. */
export class Vocabulary {
  readonly #fields: Fields;
  readonly #domains: ReadonlyMap<string, DomainOfPolicy>;
  /** Undefined: no systems are known, so their ids are not checked. */
  readonly #systems: ReadonlyMap<string, Side> | undefined;
  readonly #permissions: readonly string[];

  constructor(fields: Fields, domains: ReadonlyMap<string, DomainOfPolicy>, systems: readonly KnownSystem[]) {
    this.#fields = fields;
    this.#domains = domains;
    this.#systems = systems.length === 0 ? undefined : new Map(systems.map(({ id, side }) => [id, side]));
    this.#permissions = [...domains].flatMap(([domain, { actions }]) => actions.map((action) => `${domain}:${action}`));
  }

  /** Reports a system that the hub does not know, and the reserved one. */
  system(id: string, path: string, line: number): void {
    if (id === 'hub') {
      const message = 'The system "hub" is reserved: hub permissions come by single assignment of a hub role only.';
      this.#fields.faults.add(path, line, message);
    } else if (this.#systems !== undefined && !this.#systems.has(id)) {
      const message = `The system "${shown(id)}" is not known; known are ${shown([...this.#systems.keys()].join(', '))}.`;
      this.#fields.faults.add(path, line, message, this.#fields.suggest(id, this.#systems.keys()));
    }
  }

  /** Reports a permission that is not declared, or whose domain does not serve the side of the system. */
  permission(permission: string, system: string | undefined, path: string, line: number): void {
    const colon = permission.indexOf(':');
    const [name, action] = [permission.slice(0, colon), permission.slice(colon + 1)];
    const domain = colon < 0 ? undefined : this.#domains.get(name);
    if (!domain?.actions.includes(action)) {
      this.#fields.faults.add(
        path,
        line,
        this.#unknown(permission, name, action, domain),
        this.#fields.suggest(permission, this.#permissions),
      );
      return;
    }
    const side = system === undefined ? undefined : this.#systems?.get(system);
    if (side === undefined || side === 'other' || domain.sides.includes(side)) return;
    const served = domain.sides.join(', ') || 'no side';
    const message = `The domain "${name}" serves ${served}, but the system "${system}" is on the side ${side}; add ${side} to domains.${name}.sides or remove the permission.`;
    this.#fields.faults.add(path, line, message);
  }

  #unknown(permission: string, name: string, action: string, domain: DomainOfPolicy | undefined): string {
    if (name === '' || action === '') return `"${shown(permission)}" is no permission; write <domain>:<action>.`;
    if (domain === undefined) return `The domain "${shown(name)}" is not declared; declare it under domains.`;
    return `The domain "${name}" has no action "${shown(action)}"; it has ${shown(domain.actions.join(', '))}.`;
  }
}
