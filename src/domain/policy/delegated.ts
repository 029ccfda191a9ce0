import type { PolicyDocument } from './document.ts';

/** What one system may do in another for somebody: a written delegation, cut by that person's own rights there. */
export interface Delegated {
  /** Is there a delegation at all? */
  readonly written: boolean;
  readonly permissions: readonly string[];
}

/** @param own the person's permissions in the target */
export function delegatedTo(
  { delegations }: Pick<PolicyDocument, 'delegations'>,
  from: string,
  to: string,
  own: readonly string[],
): Delegated {
  const written = delegations.filter((one) => one.from === from && one.to === to);
  const allowed = new Set(written.flatMap(({ permissions }) => [...permissions]));
  return { written: written.length > 0, permissions: own.filter((permission) => allowed.has(permission)) };
}
