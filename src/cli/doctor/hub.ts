import { glassStatus } from '#actions/break-glass/codes.ts';
import { lapsedAcceptances } from '#actions/conflicts/list.ts';
import { listKeys } from '#actions/keys/list.ts';
import { effectOfPolicy } from '#actions/policy/effect.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { Services } from '#actions/services.ts';
import { listSystems } from '#actions/systems/list.ts';
import { reconcileFaults } from '#domain/providers/reconcile.ts';
import { warningsOf } from '#domain/systems/protocol.ts';
import { people } from '#storage/collections.ts';
import { type Finding, fault, good, warning } from './finding.ts';
import { provisioningFindings } from './provisioning.ts';

const minute = 60_000;

/** The hub's own state: store, clock, policy, keys, systems. */
export async function hubFindings(services: Services, running: boolean): Promise<Finding[]> {
  return [
    await store(services, running),
    await clock(services),
    await policy(services),
    ...(await keys(services)),
    ...(await systems(services)),
    ...(await claimSizes(services)),
    ...(await lapsed(services)),
    ...(await provisioningFindings(services)),
    ...(await envelope(services)),
  ];
}

async function store(services: Services, running: boolean): Promise<Finding> {
  await services.store.engine.ping();
  const count = await services.store.count(people);
  const how = running ? 'served by the running hub' : 'no hub is running';
  return good('store', `${services.store.engine.name}, ${count} people, ${how}`);
}

/** Nothing in the store can be from the future; when it is, this machine's clock is behind. */
async function clock(services: Services): Promise<Finding> {
  const { items } = await services.store.audit.query({ order: 'newest', limit: 1 });
  const newest = items[0];
  const now = services.clock.now();
  if (newest !== undefined && Date.parse(newest.at) > now + minute) {
    const behind = Math.round((Date.parse(newest.at) - now) / 1000);
    return fault('clock', `this machine is ${behind} s behind the newest event`, 'set the clock, by NTP');
  }
  return good('clock', new Date(now).toISOString());
}

async function policy(services: Services): Promise<Finding> {
  const { number, compiled } = await policyInForce(services);
  if (number === 0)
    return warning('policy', 'there is none, so nobody may do anything', 'npm run hub -- policy apply FILE');
  return good('policy', `version ${number}, ${compiled.document.roles.size} roles`);
}

async function keys(services: Services): Promise<Finding[]> {
  const all = await listKeys(services);
  return (['ES256', 'RS256'] as const).map((alg) => {
    const active = all.find((key) => key.alg === alg && key.state === 'active');
    if (active === undefined) return fault('keys', `no ${alg} key signs`, 'npm run hub -- keys rotate --now');
    const days = Math.floor((services.clock.now() - (active.activatedAt ?? active.createdAt)) / (24 * 60 * minute));
    return days > 365
      ? warning('keys', `the ${alg} key is ${days} days old`, 'npm run hub -- keys rotate')
      : good('keys', `${alg} key ${active.id}, ${days} days old`);
  });
}

async function systems(services: Services): Promise<Finding[]> {
  const all = await listSystems(services);
  if (all.length === 0)
    return [warning('systems', 'none is connected', 'list them under `systems:`, or run systems add')];
  const findings = [good('systems', all.map((system) => system.id).join(', '))];
  for (const system of all) {
    const module = services.modules.get(system.provider);
    if (module === undefined) {
      findings.push(fault('systems', `${system.id} names the module ${system.provider}, which does not exist`));
    }
    for (const { rule, because } of warningsOf(system, module)) {
      findings.push(warning('systems', `${system.id} has an exception, ${rule}: ${because}`));
    }
  }
  return findings;
}

/** Whose claims are larger than the budget of a system as things stand, and settings that its module does not know. */
async function claimSizes(services: Services): Promise<Finding[]> {
  const findings = (await listSystems(services)).flatMap((system) =>
    reconcileFaults(system.settings, services.modules.get(system.provider)).map(({ path, message }) =>
      warning('systems', `${system.id}: ${path} ${message}`),
    ),
  );
  const inForce = await policyInForce(services);
  if (inForce.number === 0) return findings;
  const at = services.clock.now();
  const { claims } = await effectOfPolicy(services, inForce, inForce, { at, ahead: false });
  for (const { system, budget, over, after, largest } of claims) {
    if (over === 0) continue;
    const detail = `${over} people have more than ${budget} bytes in ${system}; the largest, ${largest?.person}, has ${after}`;
    findings.push(warning('claims', detail, 'grant less, or raise settings.claimsBudget of the system'));
  }
  return claims.some(({ over }) => over > 0)
    ? findings
    : [...findings, good('claims', "everybody's claims fit the budget of every system")];
}

/** Breaches of separation rules that were accepted for a while, and stand beyond it. */
async function lapsed(services: Services): Promise<Finding[]> {
  const count = (await lapsedAcceptances(services)).length;
  if (count === 0) return [];
  const detail = `${count} accepted breaches of separation rules stand beyond their end`;
  return [warning('conflicts', detail, 'take a right away, or accept again, on /admin/conflicts')];
}

/** The account in the envelope: is there a way in on the day that nothing else works, and was it used? */
async function envelope(services: Services): Promise<Finding[]> {
  if (!services.settings.breakGlass.enabled) return [];
  const { codesLeft, uses } = await glassStatus(services);
  const open = uses.filter(({ state }) => state === 'open').length;
  const found: Finding[] = [];
  if (open > 0)
    found.push(
      warning('break-glass', `used ${open} times without a reason given`, 'an owner says why at /admin/break-glass'),
    );
  if (codesLeft === 0)
    found.push(
      warning(
        'break-glass',
        'no code is left for an emergency',
        'npm run hub -- break-glass print, and seal the sheet',
      ),
    );
  return found.length > 0 ? found : [good('break-glass', `${codesLeft} codes are left`)];
}
