import type { Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person, Source } from '#storage/collections.ts';
import { findByLogin } from '../people/find.ts';
import type { Services } from '../services.ts';
import { evenly } from '../signin/evenly.ts';
import { recordLocked } from '../signin/locked.ts';
import { checkPassword, failure, type NotRight } from '../signin/prove.ts';
import { afterPassword, type SignIn, type SignInResult, settleWithUnit } from '../signin/sign-in.ts';
import type { ProvedIdentity } from '../sources/meet.ts';
import { signInFromSource } from '../sources/sign-in.ts';
import { type DirectoryProof, proveByDirectory } from './prove.ts';

export interface FormSignIn extends SignIn {
  /** The secret id of the interaction that it is for. */
  readonly interaction: string;
}

export type FormSignInResult =
  | SignInResult
  /** A directory took the password; nobody is signed in until a second factor is proved as well. The step is begun. */
  | { readonly outcome: 'directory-second-step' }
  /** A directory took the password, and there is no account for it: `taken` when what it tells belongs to one. */
  | {
      readonly outcome: 'unlinked';
      readonly source: Stored<Source>;
      readonly because: 'create-off' | 'taken' | 'unfit';
      readonly proved: ProvedIdentity;
    }
  /** The password was right, and the directory wants another one before anything else. */
  | { readonly outcome: 'password-change' }
  /** A directory that had to be asked does not answer; `title` is its source's. */
  | { readonly outcome: 'directory-away'; readonly title: string };

/**
 * Signs somebody in by name and password: the hub's own, or that of a directory. The hub's own password is looked at first and needs no
 * directory. What is refused answers alike, by whomever; so do a directory that is away and an account that it has nothing to do with, as
 * long as the login could be one of its own.
 * @throws HubError `busy` when all hashing slots are taken, StoreUnavailable
 */
export async function signInByForm(services: Services, origin: Origin, given: FormSignIn): Promise<FormSignInResult> {
  const started = performance.now();
  const person = await findByLogin(services, given.identifier);
  const checked = await checkPassword(services, origin, { ...given, person, door: 'sign-in' });
  if (checked.outcome === 'throttled') return checked;
  if (checked.outcome === 'ok')
    return afterPassword(services, origin, given, { started, person: checked.person, proof: checked });
  const { password, knownDevice } = given;
  const told = { login: given.identifier, person, password, knownDevice, ip: origin.ip };
  const proof = await proveByDirectory(services, told);
  if (proof.outcome === 'right') return finish(services, origin, given, checked, proof);
  const result = await refuse(services, origin, person, checked, proof);
  await evenly(started);
  return result;
}

/** On record, with the cause that the answer does not tell. */
async function refuse(
  services: Services,
  origin: Origin,
  local: Stored<Person> | undefined,
  checked: NotRight,
  proof: Exclude<DirectoryProof, { outcome: 'right' }>,
): Promise<FormSignInResult> {
  const { identifierHash } = checked;
  if (proof.outcome === 'throttled') {
    const subject = proof.person === undefined ? {} : { subject: { id: proof.person.id } };
    const unknown = proof.person !== undefined || identifierHash === undefined ? {} : { identifierHash };
    await recordLocked(services, origin, { bucket: proof.bucket, ...subject, ...unknown, door: 'sign-in' });
    return { outcome: 'throttled', retryAfter: proof.retryAfter };
  }
  const put = (person: Stored<Person> | undefined, cause: string, source?: string) =>
    services.store.writeNow({
      changes: [],
      events: [
        failure(
          origin,
          person,
          'sign-in',
          cause,
          person === undefined ? identifierHash : undefined,
          source === undefined ? {} : { method: 'ldap', source },
        ),
      ],
    });
  if (proof.outcome === 'unknown') {
    await put(local, checked.cause);
    return { outcome: 'refused' };
  }
  if (proof.outcome === 'away') {
    await put(local, 'directory-away', proof.source.id);
    return { outcome: 'directory-away', title: proof.source.title };
  }
  await put(proof.person ?? local, proof.cause, proof.source);
  return proof.tell === undefined ? { outcome: 'refused' } : { outcome: proof.tell };
}

async function finish(
  services: Services,
  origin: Origin,
  given: FormSignIn,
  checked: NotRight,
  { proved, settle }: Extract<DirectoryProof, { outcome: 'right' }>,
): Promise<FormSignInResult> {
  const { knownDevice, remembered, interaction, fresh, wanted } = given;
  const amr = ['pwd'] as const;
  const how = {
    knownDevice,
    remembered,
    ...(fresh === undefined ? {} : { fresh }),
    ...(wanted === undefined ? {} : { wanted }),
  };
  const result = await signInFromSource(services, origin, { ...how, proved, amr, interaction });
  if (result.outcome === 'refused') return { outcome: 'refused' };
  await settleWithUnit(services, async () => {
    await checked.settle();
    await settle();
  });
  if (result.outcome === 'unlinked') return { ...result, proved };
  if (result.outcome === 'second-step') return { outcome: 'directory-second-step' };
  return { outcome: 'ok', person: result.person, amr: result.amr, source: proved.source };
}
