import { HubError } from './errors.ts';

/**
 * The instant after a whole day typed in a form, in the company's time zone: a last day counts to its end
 * (contract.md, `timeZone`). @returns milliseconds; undefined for an empty field. @throws HubError `invalid`
 */
export function endOfDay(day: string, timeZone: string, path = 'until'): number | undefined {
  return midnight(day, timeZone, path, 1);
}

/** Is it a day that exists, written YYYY-MM-DD? */
export function isDay(text: string): boolean {
  return !Number.isNaN(utcMidnight(text));
}

function utcMidnight(day: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  const start = match === null ? Number.NaN : Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return !Number.isNaN(start) && new Date(start).toISOString().slice(0, 10) === day ? start : Number.NaN;
}

/** The instant at which a day typed in a form begins, in the company's time zone. As `endOfDay` otherwise. */
export function startOfDay(day: string, timeZone: string, path = 'from'): number | undefined {
  return midnight(day, timeZone, path, 0);
}

function midnight(day: string, timeZone: string, path: string, daysLater: number): number | undefined {
  if (day === '') return undefined;
  const start = utcMidnight(day);
  if (Number.isNaN(start)) {
    throw new HubError('invalid', undefined, { faults: [{ path, message: 'write a day as YYYY-MM-DD' }] });
  }
  const wall = start + daysLater * 86_400_000;
  // The zone's offset at that midnight; asked twice, since the first guess may fall on the other side of a change.
  let instant = wall;
  for (let round = 0; round < 2; round += 1) instant = wall - offset(instant, timeZone);
  return instant;
}

/** The day, written YYYY-MM-DD, that an instant falls on in a time zone: what fills the field of a form. */
export function dayOf(at: number, timeZone: string): string {
  return new Date(at + offset(at, timeZone)).toISOString().slice(0, 10);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes far longer than using it. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** Milliseconds that the zone's clocks are ahead of UTC at an instant. */
function offset(at: number, timeZone: string): number {
  const parts = formatIn(timeZone).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(at / 1_000) * 1_000;
}
