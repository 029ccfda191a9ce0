import { type MatrixRow, policyMatrix } from '#domain/policy/matrix.ts';
import { committedSystems } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { policyInForce } from './in-force.ts';

/** What both systems do and what one does alone, by the policy in force. */
export async function matrixInForce(
  services: Services,
): Promise<{ readonly policy: number; readonly rows: MatrixRow[] }> {
  const { number, compiled } = await policyInForce(services);
  return { policy: number, rows: policyMatrix(compiled.document, await committedSystems(services.store)) };
}
