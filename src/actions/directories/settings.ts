import { mappingAtFirst } from '#domain/sources/source.ts';
import type { Stored } from '#storage/collection.ts';
import type { DirectorySourceRecord } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { openSourceSecret } from '../sources/record.ts';
import type { DirectorySettings } from './port.ts';

/** A source of this kind as it is stored. */
export type DirectorySource = Stored<DirectorySourceRecord>;

/** Entries in a page of a walk: what Active Directory and OpenLDAP give at most without being told otherwise, or less. */
const pageSize = 500;

/** The name under which `attributes` ask for groups, however they are found. */
export const groupsName = 'memberOf';
export const isGroups = (attribute: string): boolean => attribute.toLowerCase() === groupsName.toLowerCase();

/** How the directory of a source is spoken to. Read are the attributes that the mapping names, now or for somebody new, and no more. */
export function directorySettingsOf(services: Services, source: DirectorySource): DirectorySettings {
  const named = [...new Set(Object.values(mappingAtFirst(source)))];
  const { id, url, startTls, ca, bindDn, base, filter, everybody, subject, groups, timeout, outbound } = source;
  return {
    id,
    url,
    startTls,
    ca,
    bindDn,
    bindPassword: openSourceSecret(services, source),
    base,
    filter,
    everybody,
    subject,
    attributes: named.filter((name) => !isGroups(name)),
    // Groups that nothing asks for are not looked up.
    groups: { ...groups, by: named.some(isGroups) ? groups.by : 'none' },
    pageSize,
    timeoutMs: timeout,
    allow: outbound.allow,
    allowLoopback: !services.settings.production,
  };
}
