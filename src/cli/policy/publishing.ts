import { SeparationBreached } from '#actions/access/separation.ts';
import type { Published } from '#actions/policy/publish.ts';
import type { Services } from '#actions/services.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { effectText } from './text.ts';

/** Runs a publication on the store and prints what it changed, or the breaches for which it was refused. */
export async function publishing(
  io: CommandIo,
  options: CommonOptions,
  act: (services: Services) => Promise<Published>,
): Promise<void> {
  const hub = await io.openHub();
  try {
    const published = await act(hub.services);
    io.out(options, published, () => `version ${published.version} is in force\n${effectText(published)}`);
  } catch (error) {
    if (!(error instanceof SeparationBreached)) throw error;
    const { message, breaches } = error;
    const lines = breaches.map(({ person, separation, from }) => `! ${person}  ${separation}, from ${from}`);
    io.out(options, { ok: false, message, breaches }, () => [`Refused. ${message}`, ...lines].join('\n'));
    io.refused();
  } finally {
    await hub.close();
  }
}
