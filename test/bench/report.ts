import { type Growth, growthInWords } from './apart/growth.ts';
import type { Hashing } from './apart/hashing.ts';
import type { Start } from './apart/start.ts';
import { type Stores, storesInWords } from './apart/stores.ts';
import type { Sample } from './load/measure.ts';
import type { Operation } from './load/operations.ts';

export interface Compared {
  readonly operation: Operation;
  readonly hub: Sample;
  readonly bare: Sample;
  /** Median over the rounds of one round's CPU of the hub as a multiple of the bare library's. */
  readonly times: number;
}

export interface Imported {
  readonly created: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rss: number;
}

/** One question about everybody. Milliseconds that the event loop stood still meanwhile. */
interface Question {
  readonly seconds: number;
  readonly cpu: number;
  readonly loopMax: number;
  readonly loopP99: number;
}

export interface Asked {
  readonly people: number;
  readonly accessMicros: number;
  readonly reading: Question;
  readonly whatIf: Question;
  readonly conflicts: Question;
  readonly rssPeak: number;
}

export interface Report {
  readonly rounds: number;
  readonly compared: readonly Compared[];
  readonly hashing?: Hashing;
  readonly start?: Start;
  readonly imported?: Imported;
  readonly asked?: Asked;
  readonly stores?: Stores;
  readonly growth?: Growth | undefined;
}

const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
const met = (holds: boolean) => (holds ? 'met' : 'missed');

const columns = ['CPU-ms/op', 'bare', 'ratio', 'aim', '', 'req/s', 'bare', 'p95 ms', 'bare', 'RSS', 'bare'];
const widths = [11, 8, 7, 9, 8, 8, 8, 8, 8, 10, 9];

export function inWords({ rounds, compared, hashing, start, imported, asked, stores, growth }: Report): string {
  const lines: string[] = [];
  if (compared.length > 0) {
    lines.push(
      `The hub against the bare provider library in memory, 16 in flight, median of ${rounds} interleaved rounds.`,
      '',
    );
    lines.push(row('', columns), ...compared.map((each) => row(each.operation.name, cells(each))), '');
    lines.push(
      'One sign-in is five requests (authorize, form, post, resume, token), a silent entry two; req/s counts whole operations.',
    );
  }
  if (hashing !== undefined)
    lines.push(
      `Password hashing, apart: ${hashing.cpu.toFixed(1)} CPU-ms each, ${hashing.perSecond.toFixed(0)}/s on this machine.`,
    );
  if (start !== undefined) {
    lines.push(
      `Start to ready: ${(start.later / 1000).toFixed(2)} s (aim 2 s, ${met(start.later <= 2000)}); first start ever ${(start.first / 1000).toFixed(2)} s.`,
      `Idle memory: ${mib(start.idle)} (aim 150 MiB, ${met(start.idle <= 150 * 1024 * 1024)}).`,
    );
  }
  if (imported !== undefined)
    lines.push(
      `Import of ${imported.created} people without hashing: ${imported.seconds.toFixed(1)} s, ${imported.cpuSeconds.toFixed(1)} s CPU (aim for 100,000: 60 s, ${imported.created < 100_000 ? 'not tried' : met(imported.seconds <= 60)}), ${mib(imported.rss)}.`,
    );
  if (asked !== undefined) lines.push(...askedLines(asked));
  if (stores !== undefined) lines.push(...storesInWords(stores));
  if (growth !== undefined) lines.push(...growthInWords(growth));
  return `${lines.join('\n')}\n`;
}

function askedLines({ people, accessMicros, reading, whatIf, conflicts, rssPeak }: Asked): string[] {
  const told = ({ seconds, cpu, loopMax, loopP99 }: Question) =>
    `${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s CPU, event loop late by ${loopP99.toFixed(0)} ms (p99), ${loopMax.toFixed(0)} ms at most`;
  return [
    `Policy, ${people} people x 500 rules x 4 systems: one person's rights ${accessMicros.toFixed(1)} us (aim 20, ${met(accessMicros <= 20)}).`,
    `  what-if: ${told(whatIf)} (aim 2 s, ${met(whatIf.seconds <= 2)}); of it reading the people: ${told(reading)}.`,
    `  conflicts: ${told(conflicts)} (aim 5 s, ${met(conflicts.seconds <= 5)}); RSS ${mib(rssPeak)} (aim 512 MiB, ${met(rssPeak <= 512 * 1024 * 1024)}).`,
  ];
}

function row(name: string, values: readonly string[]): string {
  return name.padEnd(19) + values.map((value, at) => value.padStart(widths[at] ?? 8)).join('');
}

function cells({ operation: { aim }, hub, bare, times }: Compared): string[] {
  const holds = 'times' in aim ? times <= aim.times : hub.cpu <= aim.ms;
  return [
    hub.cpu.toFixed(3),
    bare.cpu.toFixed(3),
    `${times.toFixed(2)}x`,
    'times' in aim ? `${aim.times}x` : `${aim.ms} ms`,
    met(holds),
    hub.perSecond.toFixed(0),
    bare.perSecond.toFixed(0),
    hub.p95.toFixed(1),
    bare.p95.toFixed(1),
    mib(hub.rss),
    mib(bare.rss),
  ];
}
