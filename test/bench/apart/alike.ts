/** Refused sign-ins to accounts of four kinds: can they be told apart by how long the answer takes? */
import { emailOf } from '../company.ts';
import { guardedHub, quantile } from './sign-ins.ts';

const kinds = ['existing', 'unknown', 'disabled', 'passkey-only'] as const;
type Kind = (typeof kinds)[number];

export type Alike = Readonly<
  Record<Kind, { readonly p50: number; readonly p95: number; readonly bytes: readonly number[] }>
>;

const addresses: Readonly<Record<Kind, string>> = {
  existing: emailOf(0),
  unknown: 'nobody-at-all@example.com',
  disabled: 'gone-away@example.com',
  'passkey-only': 'no-password@example.com',
};

/** @param count samples of each kind, taken in turns. */
export async function alike(count: number, lanes = 2): Promise<Alike> {
  const hub = await guardedHub(1, lanes + 2, (hash) => [
    `${addresses.disabled},Gone,disabled,"${hash}"`,
    // A passkey is looked at only after an answer of its own; without a password the two are one at this form.
    `${addresses['passkey-only']},No Password,active,`,
  ]);
  const found = Object.fromEntries(kinds.map((kind) => [kind, { times: [] as number[], bytes: new Set<number>() }]));
  try {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let n = next++; n < count * kinds.length; n = next++) {
        const kind = kinds[n % kinds.length] ?? 'existing';
        const form = await hub.form();
        if (form === undefined) throw new Error('there is no form');
        const started = performance.now();
        const answer = await form.browser.post(form.path, {
          identifier: addresses[kind],
          password: 'wrong horse battery staple',
        });
        const ms = performance.now() - started;
        if (answer.status !== 303) throw new Error(`${kind} answered ${answer.status}`);
        found[kind]?.times.push(ms);
        found[kind]?.bytes.add(answer.text.length);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await hub.stop();
  }
  return Object.fromEntries(
    Object.entries(found).map(([kind, { times, bytes }]) => [
      kind,
      { p50: quantile(times, 0.5), p95: quantile(times, 0.95), bytes: [...bytes] },
    ]),
  ) as unknown as Alike;
}

export function alikeInWords(found: Alike): string {
  const medians = kinds.map((kind) => found[kind].p50);
  return [
    ...kinds.map(
      (kind) =>
        `${kind.padEnd(13)} ${found[kind].p50.toFixed(1).padStart(7)} ms (median) ${found[kind].p95.toFixed(1).padStart(7)} ms (95 of 100)`,
    ),
    `medians at most ${(Math.max(...medians) - Math.min(...medians)).toFixed(1)} ms apart`,
    '',
  ].join('\n');
}
