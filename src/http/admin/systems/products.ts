import type { SystemModule } from '#domain/providers/system-module.ts';

export interface ProductGroup {
  readonly side: 'crm' | 'erp' | 'other';
  readonly products: readonly SystemModule[];
}

/** The products of a search by where they are usually used; one that is for any side stands among the others. */
export function productGroups(modules: Iterable<SystemModule>, q: string): readonly ProductGroup[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...modules]
    .filter(({ id, title }) => words.every((word) => `${id} ${title}`.toLowerCase().includes(word)))
    .sort((a, b) => a.title.localeCompare(b.title));
  return (['crm', 'erp', 'other'] as const)
    .map((side) => ({ side, products: found.filter((module) => groupOf(module) === side) }))
    .filter(({ products }) => products.length > 0);
}

function groupOf({ sides }: SystemModule): 'crm' | 'erp' | 'other' {
  return sides.includes('other') ? 'other' : (sides[0] ?? 'other');
}

/** How people sign in to the product; a module that says nothing speaks OpenID Connect. */
export function protocolsOf({ protocols = ['oidc'] }: SystemModule): readonly ('oidc' | 'saml')[] {
  return protocols;
}
