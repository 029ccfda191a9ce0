/** What both sides serve: the same people, the same two systems and a program, the same claims. */
export const passphrase = 'correct horse battery staple';

export const systems = {
  crm: { id: 'crm', secret: 'crm-secret-of-the-bench', redirectUri: 'http://localhost:4998/callback' },
  erp: { id: 'erp', secret: 'erp-secret-of-the-bench', redirectUri: 'http://localhost:4997/callback' },
} as const;
export const robot = { id: 'robot', secret: 'robot-secret-of-the-bench', scope: 'stock:read' } as const;
export type SystemId = keyof typeof systems;

export const scope = 'openid profile email roles';

export function emailOf(n: number): string {
  return `person${n}@example.com`;
}

/** A hash that nobody computes: where hashing is measured apart, it is only compared by name. */
export const unhashed =
  '$argon2id$v=19$m=19456,t=2,p=1$Z2F0ZWhvdXNlLWJlbmNo$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** So many people as a CSV of the hub; with hashes they can sign in. */
export function peopleCsv(count: number, hashes: boolean): string {
  const rows = Array.from({ length: count }, (_, n) => {
    const row = [emailOf(n), `Person Number ${n}`, 'Person', `Number ${n}`, 'Sales', 'Sales Representative'];
    return (hashes ? [...row, `"${unhashed}"`] : row).join(',');
  });
  const heading = `email,name,givenName,familyName,department,jobTitle${hashes ? ',passwordHash' : ''}`;
  return `${heading}\n${rows.join('\n')}\n`;
}
