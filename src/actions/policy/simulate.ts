import type { CompiledPolicy } from '#domain/policy/compile.ts';
import { type Simulation, Simulator } from '#domain/policy/simulate.ts';
import { personLabel, subjectOfPerson } from '../access/subject.ts';
import type { Services } from '../services.ts';
import { policyInForce } from './in-force.ts';
import { everybody } from './people.ts';

/** What a policy would change for everybody in the store, compared with the one in force (or with `from`). */
export async function simulateOnStore(
  services: Services,
  after: CompiledPolicy,
  options: { readonly from?: CompiledPolicy; readonly at?: number } = {},
): Promise<Simulation> {
  const before = options.from ?? (await policyInForce(services)).compiled;
  const simulator = new Simulator(before, after, options.at ?? services.clock.now());
  for await (const { person, assignments } of everybody(services.store)) {
    simulator.add({ person: personLabel(person), subject: subjectOfPerson(person, assignments) });
  }
  return simulator.result();
}
