import { checkPolicy } from '#domain/policy/check/check.ts';
import { type CompiledPolicy, compilePolicy } from '#domain/policy/compile.ts';

/** Compiles a stored version. Systems that left since then are no fault here. @throws Error when it is not readable. */
export function compileStored(text: string): CompiledPolicy {
  const checked = checkPolicy(text);
  if (!checked.ok) throw new Error(`The stored policy is faulty: ${JSON.stringify(checked.faults)}`);
  return compilePolicy(checked.document);
}
