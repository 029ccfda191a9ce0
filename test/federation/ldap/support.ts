import type { Directories, DirectoryEntry, DirectorySettings } from '#actions/directories/port.ts';
import { createDirectories } from '#federation/ldap/directory.ts';
import { systemClock } from '#platform/clock.ts';
import { groupsBase, peopleBase, serviceDn, servicePassword } from '#test/support/slapd/people.ts';
import type { Directory } from '#test/support/slapd/start.ts';

/** Settings for a directory of the tests, over TLS with its own CA. */
export function settingsOf(directory: Directory, more: Partial<DirectorySettings> = {}): DirectorySettings {
  return {
    id: 'ad',
    url: directory.tlsUrl,
    startTls: false,
    ca: directory.ca,
    bindDn: serviceDn,
    bindPassword: servicePassword,
    base: peopleBase,
    filter: '(uid={login})',
    everybody: '(objectClass=inetOrgPerson)',
    subject: 'entryUUID',
    attributes: ['mail', 'cn', 'departmentNumber'],
    groups: { by: 'memberOf', base: groupsBase, filter: '(member={dn})', nested: 'no', value: 'dn' },
    pageSize: 500,
    timeoutMs: 5_000,
    allow: [],
    allowLoopback: true,
    ...more,
  };
}

export function directoriesOf(t: { after(end: () => Promise<void>): void }): Directories {
  const directories = createDirectories({ clock: systemClock });
  t.after(() => directories.close());
  return directories;
}

/** The one entry of a login. */
export async function entryOf(
  directories: Directories,
  settings: DirectorySettings,
  login: string,
): Promise<DirectoryEntry> {
  const found = await directories.find(settings, login);
  if (found.outcome !== 'one') throw new Error(`${login}: ${found.outcome}`);
  return found.entry;
}
