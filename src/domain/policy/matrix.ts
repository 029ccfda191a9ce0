import { into } from './access.ts';
import type { KnownSystem, PolicyDocument, Side } from './document.ts';

/** One action of a domain: the roles that grant it themselves, on either side. */
export interface MatrixAction {
  readonly action: string;
  readonly crm: readonly string[];
  readonly erp: readonly string[];
}

/** One business domain: what both systems do, what one does alone, who touches it. */
export interface MatrixRow {
  readonly domain: string;
  readonly title: string;
  /** The sides that the policy says serve it. */
  readonly sides: readonly Side[];
  readonly servedBy: 'both' | 'crm' | 'erp' | 'other';
  readonly actions: readonly MatrixAction[];
  /** Actions that some role grants on both sides, on one alone, on none. */
  readonly shared: number;
  readonly crmOnly: number;
  readonly erpOnly: number;
  readonly unused: number;
  /** Roles that grant anything of it in any system, sorted. */
  readonly roles: readonly string[];
}

/**
 * Business domains × (CRM, ERP), in the order of the document. Several systems of one side count as one.
 * @param systems where none is known, a system's id is taken for its side
 */
export function policyMatrix({ domains, roles }: PolicyDocument, systems: readonly KnownSystem[]): MatrixRow[] {
  const sideOf = new Map<string, Side>([
    ['crm', 'crm'],
    ['erp', 'erp'],
    ...systems.map(({ id, side }): [string, Side] => [id, side]),
  ]);
  /** `side permission` -> roles; permissions are told apart by domain at the end. */
  const granting = new Map<string, Set<string>>();
  const touching = new Map<string, Set<string>>();
  for (const [role, { grants }] of roles) {
    for (const [system, permissions] of grants) {
      for (const permission of permissions) {
        into(granting, `${sideOf.get(system) ?? 'other'} ${permission}`).add(role);
        into(touching, permission.slice(0, permission.indexOf(':'))).add(role);
      }
    }
  }
  return [...domains].map(([domain, { title, sides, actions }]) => {
    const rows = actions.map((action): MatrixAction => {
      const on = (side: Side) => [...(granting.get(`${side} ${domain}:${action}`) ?? [])].toSorted();
      return { action, crm: on('crm'), erp: on('erp') };
    });
    const count = (fits: (row: MatrixAction) => boolean) => rows.filter(fits).length;
    return {
      domain,
      title: title === '' ? domain : title,
      sides,
      servedBy: servedBy(sides),
      actions: rows,
      shared: count(({ crm, erp }) => crm.length > 0 && erp.length > 0),
      crmOnly: count(({ crm, erp }) => crm.length > 0 && erp.length === 0),
      erpOnly: count(({ crm, erp }) => crm.length === 0 && erp.length > 0),
      unused: count(({ crm, erp }) => crm.length + erp.length === 0),
      roles: [...(touching.get(domain) ?? [])].toSorted(),
    };
  });
}

function servedBy(sides: readonly Side[]): MatrixRow['servedBy'] {
  if (sides.includes('crm') && sides.includes('erp')) return 'both';
  return sides.find((side) => side !== 'other') ?? 'other';
}
