import { accountStateOf, isSameAccountState } from '#domain/people/account-state.ts';
import { isActive } from '#domain/people/active.ts';
import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import {
  identities,
  type PasswordCredential,
  type Person,
  people,
  type SignInStep,
  signInSteps,
  sources,
} from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { type Credentials, credentialsOf } from '../factors/credentials.ts';
import { spentTag } from '../factors/totp.ts';
import type { Services } from '../services.ts';
import { type ProvingSource, provingSource } from '../sources/identities.ts';

/** How long the second step may take, in milliseconds. */
const stepMs = 10 * 60_000;

/** What was proved so far by whom, in one sign-in of one browser. */
export interface PendingStep {
  readonly person: Stored<Person>;
  readonly credentials: Credentials;
  readonly amr: readonly string[];
  /** The source that proved the first step, if one did. */
  readonly source?: ProvingSource;
  /** When the source had it proved, in seconds since 1970. */
  readonly authTime?: number;
  /** Ends the step, in the commit of the sign-in: of two that finish it at once one succeeds. */
  readonly end: Change;
}

const idOf = (interaction: string): string => hashedId(`step:${interaction}`);

/**
 * Notes that the password was right. Nobody is signed in by that; it counts for this interaction alone.
 * @param interaction its secret id, which only the browser that started it knows
 */
export async function beginStep(
  services: Services,
  interaction: string,
  person: Stored<Person>,
  password: Stored<PasswordCredential>,
): Promise<void> {
  const data = { amr: ['pwd'], password: password.changedAt };
  await services.store.writeNow({ changes: [putStep(services, interaction, person, data)] });
}

/** Notes that a source proved who it is; in the commit of the request, together with what was brought up to date. */
export async function beginSourceStep(
  services: Services,
  interaction: string,
  person: Stored<Person>,
  { identity, amr, authTime }: { identity: string; amr: readonly string[]; authTime?: number | undefined },
): Promise<void> {
  const since = authTime === undefined ? {} : { authTime };
  const data = { amr: [...amr], identity, ...since };
  await services.store.write({ changes: [putStep(services, interaction, person, data)] });
}

function putStep(
  { clock }: Services,
  interaction: string,
  person: Stored<Person>,
  proved: Omit<SignInStep, 'person' | 'endings' | 'addresses'>,
): Change {
  // What ends everything of the person ends what was begun before it, also this, which it could not see.
  const data = { ...proved, person: person.id, ...accountStateOf(person) };
  return { kind: 'put', collection: signInSteps, id: idOf(interaction), data, expiresAt: clock.now() + stepMs };
}

/** The outstanding step of this interaction; undefined when there is none, it took too long, or the account changed. */
export async function pendingStep(services: Services, interaction: string): Promise<PendingStep | undefined> {
  const step = await services.store.get(signInSteps, idOf(interaction));
  if (step === undefined || (step.expiresAt ?? 0) <= services.clock.now()) return undefined;
  const person = await services.store.get(people, step.person);
  if (!isActive(person, services.clock.now())) return undefined;
  if (!isSameAccountState(step, person)) return undefined;
  const credentials = await credentialsOf(services, person.id);
  const source = step.identity === undefined ? undefined : await sourceStill(services, step.identity, person.id);
  const stands = step.identity === undefined ? credentials.password?.changedAt === step.password : source !== undefined;
  if (!stands) return undefined;
  const { id, version } = step;
  return {
    person,
    credentials,
    amr: step.amr,
    ...(source === undefined ? {} : { source }),
    ...(step.authTime === undefined ? {} : { authTime: step.authTime }),
    end: { kind: 'remove', collection: signInSteps, id, ifVersion: version, tag: spentTag },
  };
}

/** The enabled source of an identity that is still this person's. */
async function sourceStill({ store }: Services, id: string, person: string): Promise<ProvingSource | undefined> {
  const identity = await store.get(identities, id);
  if (identity?.person !== person) return undefined;
  return (await store.get(sources, identity.source))?.enabled === true ? provingSource(identity) : undefined;
}
