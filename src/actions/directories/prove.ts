import type { AccountTrouble } from '#domain/ldap/account-state.ts';
import { isActive } from '#domain/people/active.ts';
import { tooLong } from '#domain/people/password.ts';
import { randomToken } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { bucketFor, bucketsOf } from '../signin/buckets.ts';
import { type Bucket, giveBack, takeTry } from '../signin/tries.ts';
import { findIdentity } from '../sources/identities.ts';
import type { ProvedIdentity } from '../sources/meet.ts';
import { directoriesFor, directoriesOfPerson } from './choose.ts';
import { type DirectoryEntry, type DirectorySettings, DirectoryTrouble } from './port.ts';
import { keyOf, provedOf } from './proved.ts';
import { type DirectorySource, directorySettingsOf } from './settings.ts';

export interface DirectoryTry {
  /** As typed. */
  readonly login: string;
  /** The account here that the login belongs to; only what it is linked to can be right then. */
  readonly person: Stored<Person> | undefined;
  readonly password: string;
  readonly knownDevice?: string | undefined;
  readonly ip?: string | undefined;
}

export type DirectoryProof =
  /** `settle` gives back the try that was counted for the entry. */
  | {
      readonly outcome: 'right';
      readonly proved: ProvedIdentity;
      readonly person: Stored<Person> | undefined;
      readonly settle: () => Promise<void>;
    }
  /** No directory is asked about such a login, or none knows it. */
  | { readonly outcome: 'unknown' }
  /** `cause` is for the record; `tell` for whoever has shown that they know the password. */
  | {
      readonly outcome: 'refused';
      readonly source: string;
      readonly cause: string;
      readonly person: Stored<Person> | undefined;
      readonly tell?: 'password-change' | undefined;
    }
  | {
      readonly outcome: 'throttled';
      readonly bucket: Bucket;
      readonly retryAfter: number;
      readonly person: Stored<Person> | undefined;
    }
  /** A directory that had to be asked does not answer. */
  | { readonly outcome: 'away'; readonly source: DirectorySource; readonly trouble: DirectoryTrouble };

/** Longer than any login of a directory (RFC 4519 sets none; Active Directory's principal names have 1,024). */
const longestLogin = 1024;

/** What may be asked about; undefined when no directory can say yes to it. */
export function typedLogin({ login, password }: Pick<DirectoryTry, 'login' | 'password'>): string | undefined {
  const typed = login.length > longestLogin ? '' : login.normalize('NFC').trim();
  return typed === '' || password === '' || tooLong(password) ? undefined : typed;
}

/**
 * Asks the directories whether this is somebody's name and password. Whoever the login belongs to here, the same directories look it up,
 * so that neither time nor a directory that is away tells whether there is an account. The first that knows it decides. Before the
 * password goes there a try is counted for the entry itself, whatever name it was found by.
 * The caller has counted a try for the login or the person, and for the network.
 */
export async function proveByDirectory(services: Services, given: DirectoryTry): Promise<DirectoryProof> {
  const login = typedLogin(given);
  if (login === undefined) return { outcome: 'unknown' };
  const asked = await directoriesFor(services, login);
  const own = given.person === undefined ? undefined : await directoriesOfPerson(services, given.person);
  // Somebody may be linked to a directory that would not be asked for such a name, say after the domains were changed.
  const others = (own ?? []).map(({ source }) => source).filter(({ id }) => !asked.some((one) => one.id === id));
  const mine = (source: string, subject: string) =>
    own === undefined || own.some((one) => one.source.id === source && one.subject === subject);
  let away: DirectoryProof | undefined;
  for (const source of [...asked, ...others]) {
    // The account of this name here is not that of the directory: theirs alone counts, by what they have here.
    const proof = await proveAt(services, { ...given, login }, source, ({ subject }) => mine(source.id, subject));
    // Another directory may still know it.
    if (proof.outcome === 'away') away ??= proof;
    else if (proof.outcome !== 'unknown') return proof;
  }
  return away ?? { outcome: 'unknown' };
}

/** Asks one directory. @param counts an entry that does not is as good as none */
export async function proveAt(
  services: Services,
  given: DirectoryTry,
  source: DirectorySource,
  counts: (entry: DirectoryEntry) => boolean = () => true,
): Promise<DirectoryProof> {
  const settings = directorySettingsOf(services, source);
  try {
    const found = await services.directories.find(settings, given.login);
    if (found.outcome === 'none' || (found.outcome === 'one' && !counts(found.entry))) {
      // The same work as for somebody who is there: one search, one bind.
      await services.directories.bind(settings, nobodyIn(settings), given.password);
      return { outcome: 'unknown' };
    }
    if (found.outcome !== 'one')
      return refused(source, found.outcome === 'several' ? 'directory-several' : 'directory-nameless', given.person);
    return await tryEntry(services, given, source, settings, found.entry);
  } catch (fault) {
    if (!(fault instanceof DirectoryTrouble)) throw fault;
    services.log.warn({ source: source.id, kind: fault.kind, err: fault }, 'a directory could not be asked');
    return { outcome: 'away', source, trouble: fault };
  }
}

/** Somebody whom no directory knows. */
const nobodyIn = ({ base }: DirectorySettings): DirectoryEntry => ({
  subject: '',
  dn: `cn=${randomToken()},${base}`,
  attributes: {},
  trouble: undefined,
});

async function tryEntry(
  services: Services,
  given: DirectoryTry,
  source: DirectorySource,
  settings: DirectorySettings,
  entry: DirectoryEntry,
): Promise<DirectoryProof> {
  const identity = await findIdentity(services, keyOf(source, entry));
  const person = given.person ?? (identity && (await services.store.get(people, identity.person)));
  // Who is ended here is not asked about there.
  if (person !== undefined && !isActive(person, services.clock.now())) return refused(source, 'disabled', person);
  const buckets = given.person === undefined ? bucketsOfEntry(services, given, source, entry, person) : [];
  const taken = await takeTry(services, buckets);
  if (!taken.taken) return { outcome: 'throttled', bucket: taken.bucket, retryAfter: taken.retryAfter, person };
  const bound = await services.directories.bind(settings, entry, given.password);
  if (bound.outcome === 'wrong') return refused(source, 'wrong-password', person);
  if (bound.outcome === 'refused') {
    const tell = bound.proved && isPasswordMatter(bound.trouble) ? 'password-change' : undefined;
    return { ...refused(source, bound.trouble, person), tell };
  }
  const whole = await services.directories.withGroups(settings, entry);
  const settle = () => giveBack(services, buckets);
  return { outcome: 'right', proved: provedOf(source, whole), person, settle };
}

/** One counter for an entry whatever the spelling: that of the account it is linked to, or one of its own. */
function bucketsOfEntry(
  services: Services,
  { login, ip, knownDevice }: DirectoryTry,
  source: DirectorySource,
  entry: DirectoryEntry,
  person: Stored<Person> | undefined,
): Bucket[] {
  if (person !== undefined)
    return bucketsOf(services, { identifier: login, person: person.id, ip }, knownDevice).filter(
      ({ id }) => !id.startsWith('network:'),
    );
  return [
    bucketFor(services, 'account', `entry:${source.id}:${entry.subject}`, services.settings.limits.signin.perAccount),
  ];
}

function refused(source: DirectorySource, cause: string, person: Stored<Person> | undefined) {
  return { outcome: 'refused', source: source.id, cause, person } as const;
}

const isPasswordMatter = (trouble: AccountTrouble): boolean =>
  trouble === 'password-expired' || trouble === 'password-must-change';
