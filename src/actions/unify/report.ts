import { standingConflicts } from '../policy/conflicts.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { findingsOf } from './findings.ts';

/** One row of a file as the report names it. */
export interface ReportRow {
  readonly list: 'crm' | 'erp' | 'directory';
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly line: number;
  /** Works in its system, by the file. */
  readonly active: boolean;
  readonly why?: string;
  /** Group of accounts of one person, in `duplicates`. */
  readonly group?: number;
  /** The hub's account, once there is one. */
  readonly person?: string;
}

/** A separation rule that somebody's rights in both systems breach. */
export interface ReportConflict {
  readonly person: string;
  readonly label: string;
  readonly separation: string;
  readonly title: string;
  readonly mode: 'prevent' | 'warn';
  readonly permissions: readonly { readonly system: string; readonly permission: string }[];
}

export interface Report {
  /** In one system only. */
  readonly orphans: readonly ReportRow[];
  /** Active in a system although the directory says that they have left, or does not know them. Empty without a directory. */
  readonly leavers: readonly ReportRow[];
  /** Several accounts of one person in one system. */
  readonly duplicates: readonly ReportRow[];
  /** Machines, shared and test accounts: nobody's. */
  readonly technical: readonly ReportRow[];
  /** People of this unification whose rights breach a separation rule of the policy in force. */
  readonly conflicts: readonly ReportConflict[];
  /** Proposals still to be decided. */
  readonly open: { readonly sure: number; readonly doubts: number };
}

/** What a unification shows about both systems, as decided so far. @throws HubError `not-found` */
export async function reportOf(services: Services, id: string): Promise<Report> {
  const { merged, ...found } = await findingsOf(services, id);
  return { ...found, conflicts: await conflictsOf(services, merged) };
}

/** Of what stands in the hub, the breaches of these people. */
async function conflictsOf(services: Services, merged: ReadonlySet<string>): Promise<ReportConflict[]> {
  if (merged.size === 0) return [];
  const { compiled } = await policyInForce(services);
  const rules = new Map(compiled.document.separation.map(({ id, conflict }) => [id, conflict]));
  const standing = (await standingConflicts(services)).filter(({ personId }) => merged.has(personId));
  return standing.map(({ personId, person, separation, title, mode }) => ({
    ...{ person: personId, label: person, separation, title, mode },
    permissions: rules.get(separation) ?? [],
  }));
}
