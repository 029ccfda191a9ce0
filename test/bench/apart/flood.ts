/** Password sign-ins in a flood: does the hub stay alive, quick for everything else, and true to its record? */
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { emailOf, passphrase } from '../company.ts';
import { RelyingParty } from '../load/relying-party.ts';
import { type Guarded, guardedHub, quantile } from './sign-ins.ts';

export interface Flood {
  readonly seconds: number;
  readonly parallel: number;
  /** Sign-ins that were answered as done. */
  readonly done: number;
  /** Tries that were answered 503, and how long that took: median, 95 of 100. */
  readonly refused: number;
  readonly refusedMs: { readonly p50: number; readonly p95: number };
  /** Of those, how many did not say when to come back. */
  readonly silent: number;
  /** Answers that were neither: status -> count. */
  readonly other: Readonly<Record<string, number>>;
  readonly refreshMs: { readonly p50: number; readonly p99: number; readonly count: number };
  readonly jwksMs: { readonly p50: number; readonly p99: number; readonly count: number };
  readonly failedProbes: number;
  readonly mostMemory: number;
  readonly alive: boolean;
  /** `signin.succeeded` in the record, read by the command line. */
  readonly recorded: number;
}

/**
 * So many sign in at once, for so long; who is told to come back does so when told.
 * @param eager nobody waits: the next try follows at once
 */
export async function flood(parallel: number, seconds: number, eager = false): Promise<Flood> {
  const hub = await guardedHub(50, parallel + 8);
  try {
    const rp = new RelyingParty(hub.pool);
    const tokens = await rp.signIn(0, rp.browser());
    const seen = { done: 0, silent: 0, refused: [] as number[], other: {} as Record<string, number> };
    const probes = { refresh: [] as number[], jwks: [] as number[], failed: 0 };
    const forms = await Promise.all(Array.from({ length: parallel }, () => hub.form()));
    const end = performance.now() + seconds * 1000;
    await Promise.all([
      ...forms.map((form, lane) => signInAgain(hub, form, lane, end, eager, seen)),
      probe(end, probes, probes.refresh, () => rp.refresh(tokens)),
      probe(end, probes, probes.jwks, async () => {
        const { statusCode, body } = await request(`${hub.at.issuer}/jwks`);
        await body.dump();
        if (statusCode !== 200) throw new Error(`the keys answered ${statusCode}`);
      }),
    ]);
    const mostMemory = hub.mostMemory();
    const alive =
      (await request(`${hub.at.issuer}/healthz`)).statusCode === 200 && hub.running.process.exitCode === null;
    const record = await hub.at.hub('audit', 'export', '--type', 'signin.succeeded');
    return {
      seconds,
      parallel,
      // The one whose tokens are refreshed meanwhile signed in too.
      done: seen.done + 1,
      refused: seen.refused.length,
      refusedMs: { p50: quantile(seen.refused, 0.5), p95: quantile(seen.refused, 0.95) },
      silent: seen.silent,
      other: seen.other,
      refreshMs: {
        p50: quantile(probes.refresh, 0.5),
        p99: quantile(probes.refresh, 0.99),
        count: probes.refresh.length,
      },
      jwksMs: { p50: quantile(probes.jwks, 0.5), p99: quantile(probes.jwks, 0.99), count: probes.jwks.length },
      failedProbes: probes.failed,
      mostMemory,
      alive,
      recorded: linesOf(record.out),
    };
  } finally {
    await hub.stop();
  }
}

const linesOf = (text: string): number => text.split('\n').filter((line) => line !== '').length;

async function signInAgain(
  hub: Guarded,
  first: Awaited<ReturnType<Guarded['form']>>,
  lane: number,
  end: number,
  eager: boolean,
  seen: { done: number; silent: number; refused: number[]; other: Record<string, number> },
): Promise<void> {
  let form = first;
  while (performance.now() < end) {
    form ??= await hub.form();
    if (form === undefined) {
      seen.other['no form'] = (seen.other['no form'] ?? 0) + 1;
      await sleep(200);
      continue;
    }
    const started = performance.now();
    const answer = await form.browser.post(form.path, { identifier: emailOf(lane % 50), password: passphrase });
    if (answer.status === 503) {
      seen.refused.push(performance.now() - started);
      if (answer.retryAfter === '') seen.silent += 1;
      if (!eager) await sleep(Math.min(Number(answer.retryAfter) * 1000, Math.max(0, end - performance.now())));
      continue;
    }
    if (answer.status === 303 && answer.location.includes('/authorize/')) seen.done += 1;
    else seen.other[answer.status] = (seen.other[answer.status] ?? 0) + 1;
    form = undefined;
  }
}

async function probe(
  end: number,
  probes: { failed: number },
  times: number[],
  ask: () => Promise<void>,
): Promise<void> {
  while (performance.now() < end) {
    const started = performance.now();
    try {
      await ask();
      times.push(performance.now() - started);
    } catch {
      probes.failed += 1;
    }
    await sleep(50);
  }
}

export function floodInWords(found: Flood): string {
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    `${found.parallel} sign-ins at once for ${found.seconds} s: ${found.done} done, ${found.refused} told to come back, ${
      Object.entries(found.other)
        .map(([what, count]) => `${count} × ${what}`)
        .join(', ') || 'nothing else'
    }`,
    `  503 after ${ms(found.refusedMs.p50)} (median), ${ms(found.refusedMs.p95)} (95 of 100)${found.silent === 0 ? '' : `; ${found.silent} without Retry-After`}`,
    `  meanwhile refresh ${ms(found.refreshMs.p50)}, ${ms(found.refreshMs.p99)} (99 of 100); keys ${ms(found.jwksMs.p50)}, ${ms(found.jwksMs.p99)}; ${found.failedProbes} of these failed`,
    `  memory at most ${(found.mostMemory / 2 ** 20).toFixed(0)} MiB; ${found.alive ? 'alive' : 'DEAD'}; on record ${found.recorded} of ${found.done}`,
    '',
  ].join('\n');
}
