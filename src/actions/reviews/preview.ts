import type { Services } from '../services.ts';
import type { NewReview } from './open.ts';
import { planItems } from './plan.ts';

/** What a review would ask, and whom. */
export interface ReviewPreview {
  readonly items: number;
  readonly people: number;
  /** Given by rules: a withdrawal of these is a change of the policy. */
  readonly byRule: number;
  /** Person id -> how many items; those with the most first. */
  readonly reviewers: readonly { readonly person: string; readonly items: number }[];
  /** Items that nobody of those who are asked may decide. */
  readonly nobody: number;
}

/** Looks at everybody and writes nothing. */
export async function previewReview(
  services: Services,
  given: Pick<NewReview, 'scope' | 'reviewers'>,
): Promise<ReviewPreview> {
  const people = new Set<string>();
  const reviewers = new Map<string, number>();
  let items = 0;
  let byRule = 0;
  for await (const page of planItems(services, given))
    for (const { data } of page) {
      items += 1;
      if (data.assignment === undefined) byRule += 1;
      people.add(data.person);
      reviewers.set(data.reviewer, (reviewers.get(data.reviewer) ?? 0) + 1);
    }
  const nobody = reviewers.get('') ?? 0;
  reviewers.delete('');
  const sorted = [...reviewers].map(([person, count]) => ({ person, items: count }));
  return { items, people: people.size, byRule, nobody, reviewers: sorted.toSorted((a, b) => b.items - a.items) };
}
