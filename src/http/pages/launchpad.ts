import type { Express, RequestHandler } from 'express';
import { effectiveAccess } from '#actions/access/effective.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { Services } from '#actions/services.ts';
import { placesToGo } from '#http/account/systems.ts';
import { timelineOf } from '#http/account/timeline.ts';
import { context } from '#http/context.ts';
import { permissionPhrases } from '#http/i18n/permissions.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { requireSignedIn, viewer } from '#http/middleware/signed-in.ts';
import { datesOf, render } from '#http/render/page.ts';
import { reviewItems } from '#storage/collections.ts';

const linesShown = 6;

/** The front page: where can I go, what may I do there, what was done in my name? */
export function launchpadPages(app: Express): void {
  app.get('/', requireSignedIn, csrf, show);
}

const show: RequestHandler = async (_req, res) => {
  const state = context(res);
  const { services } = state.deps;
  const { person } = viewer(res);
  const [access, { compiled }, places] = await Promise.all([
    effectiveAccess(services, person),
    policyInForce(services),
    placesToGo(services),
  ]);
  const open = places.filter((system) => access.systems.get(system.id)?.mayEnter === true);
  const tiles = await Promise.all(
    open.map(async (system) => ({
      system,
      href: system.launchUri === undefined ? undefined : `/open/${encodeURIComponent(system.id)}`,
      description: system.description,
      last: await lastEntry(services, person.id, system.id),
      rights: permissionPhrases(
        state.texts,
        compiled.document.domains,
        access.systems.get(system.id)?.permissions ?? [],
      ),
    })),
  );
  const { lines } = await timelineOf(services, state.texts, person.id, { least: linesShown });
  render(res, 'pages/launchpad', {
    tiles,
    lines: lines.slice(0, linesShown),
    reviews: await services.store.count(reviewItems, { reviewer: person.id, state: 'open' }),
    partOfDay: partOfDay(datesOf(state).hour(services.clock.now())),
    calledBy: calledBy(state.texts.locale, person),
  });
};

async function lastEntry(services: Services, person: string, system: string): Promise<number | undefined> {
  const query = { person, system, type: 'entry.granted', order: 'newest', limit: 1 } as const;
  const at = (await services.store.audit.query(query)).items[0]?.at;
  return at === undefined ? undefined : Date.parse(at);
}

/** @param hour 0-23 */
function partOfDay(hour: number): 'morning' | 'afternoon' | 'evening' {
  if (hour >= 4 && hour < 12) return 'morning';
  return hour >= 12 && hour < 18 ? 'afternoon' : 'evening';
}

/** Given names alone are for close ones in Chinese; there the whole name is said. */
function calledBy(locale: string, person: { name: string; givenName?: string | undefined }): string {
  return locale.startsWith('zh') ? person.name : (person.givenName ?? person.name);
}
