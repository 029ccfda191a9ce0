/** An entry as LDIF tells it: bytes as a Buffer, everything else as text. */
export interface LdifEntry {
  readonly dn: string;
  readonly [attribute: string]: string | Buffer | readonly string[];
}

export const suffix = 'dc=example,dc=com';
export const serviceDn = `cn=hub,${suffix}`;
export const servicePassword = 'the service account';
export const peopleBase = `ou=people,${suffix}`;
export const groupsBase = `ou=groups,${suffix}`;
export const directoryPassword = 'her own directory password';

/** What every directory of the tests begins with: the tree and the service account. */
export const tree: readonly LdifEntry[] = [
  { dn: suffix, objectClass: ['top', 'dcObject', 'organization'], dc: 'example', o: 'Example' },
  { dn: peopleBase, objectClass: 'organizationalUnit', ou: 'people' },
  { dn: groupsBase, objectClass: 'organizationalUnit', ou: 'groups' },
  {
    dn: serviceDn,
    objectClass: ['organizationalRole', 'simpleSecurityObject'],
    cn: 'hub',
    userPassword: servicePassword,
  },
];

/** A person of the directory; the mail is `<uid>@example.com` unless told otherwise. */
export function person(
  uid: string,
  more: Readonly<Record<string, string | Buffer | readonly string[]>> = {},
): LdifEntry {
  const { objectClass = [], ...rest } = more;
  return {
    dn: `uid=${uid},${peopleBase}`,
    objectClass: ['inetOrgPerson', 'adLike', ...[objectClass as string | string[]].flat()],
    uid,
    sAMAccountName: uid,
    cn: uid,
    sn: uid,
    mail: `${uid}@example.com`,
    userPassword: directoryPassword,
    ...rest,
  };
}

export function group(cn: string, members: readonly string[]): LdifEntry {
  return { dn: groupDn(cn), objectClass: 'groupOfNames', cn, member: members };
}
export const groupDn = (cn: string): string => `cn=${cn},${groupsBase}`;
export const personDn = (uid: string): string => `uid=${uid},${peopleBase}`;

/** RFC 2849; every value as base64, so that none needs thought. */
export function ldif(entries: readonly LdifEntry[]): string {
  const line = (name: string, value: string | Buffer) => `${name}:: ${Buffer.from(value as string).toString('base64')}`;
  return entries
    .map(({ dn, ...rest }) =>
      [
        line('dn', dn),
        ...Object.entries(rest).flatMap(([name, values]) =>
          (Buffer.isBuffer(values) ? [values] : [values as string | string[]].flat()).map((value) => line(name, value)),
        ),
      ].join('\n'),
    )
    .join('\n\n');
}
