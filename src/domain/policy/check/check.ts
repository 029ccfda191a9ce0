import type { KnownSystem, PolicyDocument } from '../document.ts';
import { type Fault, Faults } from '../fault.ts';
import type { MappingTree } from '../tree.ts';
import { readYaml } from '../yaml.ts';
import { checkDelegations } from './delegations.ts';
import { Fields } from './fields.ts';
import { checkRoles } from './roles.ts';
import { checkRules } from './rules.ts';
import { checkSeparation } from './separation.ts';
import { checkDomains, Vocabulary } from './vocabulary.ts';

export type Checked =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Reads and checks a policy document (contract.md, "Policy document").
 * @param systems those of configuration and store; with none, system ids and sides are not checked.
 * @returns the document, or every fault at once, by line.
 */
export function checkPolicy(text: string, systems: readonly KnownSystem[] = []): Checked {
  const faults = new Faults();
  const tree = readYaml(text, faults);
  const fields = new Fields(faults);
  const mapping = tree === undefined ? undefined : fields.mapping(tree, '');
  const document = mapping && checkDocument(fields, mapping, systems);
  if (document === undefined || faults.any) return { ok: false, faults: faults.sorted() };
  return { ok: true, document };
}

function checkDocument(fields: Fields, mapping: MappingTree, systems: readonly KnownSystem[]): PolicyDocument {
  const known = ['domains', 'roles', 'assign', 'separation', 'delegations'] as const;
  const found = fields.closed(mapping, '', ['version'], known);
  const version = found.version && fields.scalar(found.version.value, 'version');
  if (version !== undefined && version.value !== 1) {
    fields.faults.add('version', version.line, 'This hub reads version 1 only; write `version: 1`.');
  }
  const domains = found.domains ? checkDomains(fields, found.domains.value, 'domains') : new Map();
  const vocabulary = new Vocabulary(fields, domains, systems);
  const roles = found.roles ? checkRoles(fields, vocabulary, found.roles.value, 'roles') : new Map();
  return {
    domains,
    roles,
    assign: found.assign ? checkRules(fields, roles, found.assign.value, 'assign') : [],
    separation: found.separation ? checkSeparation(fields, vocabulary, found.separation.value, 'separation') : [],
    delegations: found.delegations ? checkDelegations(fields, vocabulary, found.delegations.value, 'delegations') : [],
  };
}
