import type { CompiledPolicy } from '#domain/policy/compile.ts';
import { type Simulation, Simulator } from '#domain/policy/simulate.ts';
import type { Services } from '../services.ts';
import type { PolicyInForce } from './in-force.ts';
import { sweptSystems } from './swept-systems.ts';
import type { Effect } from './what-if/question.ts';
import { askEverybody, type SweepOptions } from './what-if/run.ts';

/** A policy as text with what was compiled from it. The empty text is the policy that grants nothing. */
export interface PolicyText {
  readonly text: string;
  readonly compiled: CompiledPolicy;
}

/**
 * What a change of policy does to everybody in the store: in a thread of its own when they are many.
 * @param at milliseconds since 1970
 */
export async function effectOfPolicy(
  services: Services,
  before: PolicyText | PolicyInForce,
  after: PolicyText,
  { at, ahead, onProgress }: { readonly at: number; readonly ahead: boolean } & Pick<SweepOptions, 'onProgress'>,
): Promise<Effect> {
  const textOf = ({ text }: { readonly text: string }) => (text === '' ? null : text);
  const compiled = new Map([before, after].map((one) => [one.text, one.compiled]));
  const question = {
    kind: 'change',
    before: textOf(before),
    after: after.text,
    at,
    ahead,
    systems: await sweptSystems(services),
  } as const;
  return askEverybody(services, question, { compiled, onProgress });
}

/** Row by row, as `policy simulate` prints it. */
export function simulationOf({ people, deltas, affected }: Effect): Simulation {
  const rows = new Simulator();
  for (const { person, delta } of affected) {
    const shared = deltas[delta];
    if (shared !== undefined) rows.add(person, shared);
  }
  return rows.result(people);
}
