import { type PolicyChange, policyChanges } from '#domain/policy/changes.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { emptyPolicy } from '#domain/policy/compile.ts';
import type { PolicyDocument } from '#domain/policy/document.ts';

/** What differs in meaning between two texts; one that is empty or not readable counts as a policy of nothing. */
export function comparePolicies(before: string, after: string): PolicyChange[] {
  return policyChanges(documentOf(before), documentOf(after));
}

function documentOf(text: string): PolicyDocument {
  const checked = checkPolicy(text);
  return checked.ok ? checked.document : emptyPolicy.document;
}
