import { type FormSignInResult, signInByForm } from '#actions/directories/sign-in.ts';
import type { Services } from '#actions/services.ts';
import type { SignIn } from '#actions/signin/sign-in.ts';
import type { Origin } from '#domain/audit/event.ts';

/** What the sign-in form does with a name and a password, for an interaction that nobody goes on with. */
export function signInWithPassword(services: Services, origin: Origin, given: SignIn): Promise<FormSignInResult> {
  return signInByForm(services, origin, { ...given, interaction: 'of-the-test' });
}
