/** Dates and times as people read them, in the company's time zone. */
import type { Texts } from './catalogue.ts';

export interface Dates {
  /** `08:12` */
  time(ms: number): string;
  /** `08:12:05` */
  seconds(ms: number): string;
  /** `Sunday, 22 November 2026` */
  day(ms: number): string;
  /** `22 Nov 2026` */
  date(ms: number): string;
  /** `22 Nov 2026, 08:12` */
  moment(ms: number): string;
  /** `today 08:12`, `yesterday 17:40`, `tomorrow 06:00`, else the date. */
  near(ms: number): string;
  /** The same to the second, and with the time on any day: for the record. */
  exact(ms: number): string;
  /** `near`, and for today the time alone. */
  short(ms: number): string;
  /** `today`, `yesterday`, or the day in full: headings of a timeline. */
  heading(ms: number): string;
  /** For `datetime` attributes: ISO 8601, UTC. */
  iso(ms: number): string;
  /** Hour of the day there, 0-23. */
  hour(ms: number): number;
}

/** @param now milliseconds, for "today" and "yesterday". */
export function datesFor(texts: Texts, timeZone: string, now: number): Dates {
  const format = formatter(texts.locale, timeZone);
  const dayKey = (ms: number) => formatter('en-CA', timeZone)({ dateStyle: 'short' }).format(ms);
  const near = (ms: number): 'today' | 'yesterday' | 'tomorrow' | undefined => {
    const key = dayKey(ms);
    if (key === dayKey(now)) return 'today';
    if (key === dayKey(now - 86_400_000)) return 'yesterday';
    return key === dayKey(now + 86_400_000) ? 'tomorrow' : undefined;
  };
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const dates: Dates = {
    time: (ms) => format(clock).format(ms),
    seconds: (ms) => format({ ...clock, second: '2-digit' }).format(ms),
    day: (ms) => format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(ms),
    date: (ms) => format({ day: 'numeric', month: 'short', year: 'numeric' }).format(ms),
    moment: (ms) => format({ day: 'numeric', month: 'short', year: 'numeric', ...clock }).format(ms),
    near: (ms) => {
      const day = near(ms);
      return day === undefined ? dates.date(ms) : texts.t(`time.${day}At`, { time: dates.time(ms) });
    },
    exact: (ms) => {
      const day = near(ms);
      return day === undefined
        ? format({ day: 'numeric', month: 'short', year: 'numeric', ...clock, second: '2-digit' }).format(ms)
        : texts.t(`time.${day}At`, { time: dates.seconds(ms) });
    },
    short: (ms) => (near(ms) === 'today' ? dates.time(ms) : dates.near(ms)),
    heading: (ms) => {
      const day = near(ms);
      return day === undefined ? dates.day(ms) : texts.t(`time.${day}`);
    },
    iso: (ms) => new Date(ms).toISOString(),
    hour: (ms) => Number(formatter('en-GB', timeZone)({ hour: '2-digit', hourCycle: 'h23' }).format(ms)),
  };
  return dates;
}

type Format = (options: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Building a formatter is dear (about 0.1 ms), so each is built once. English dates are written the day-first way. */
function formatter(locale: string, timeZone: string): Format {
  const tag = locale === 'en' ? 'en-GB' : locale;
  return (options) => {
    const key = `${tag}|${timeZone}|${JSON.stringify(options)}`;
    let format = formats.get(key);
    if (format === undefined) {
      format = new Intl.DateTimeFormat(tag, { ...options, timeZone });
      formats.set(key, format);
    }
    return format;
  };
}
