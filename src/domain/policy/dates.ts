const form = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?Z)?$/;

/**
 * `YYYY-MM-DD` (00:00 UTC) or an ISO instant ending in `Z`.
 * @returns milliseconds since 1970, or undefined when it has another form or the day does not exist.
 */
export function parseInstant(text: string): number | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = match;
  if (Number(hour) > 23) return undefined;
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`;
  const ms = Date.parse(iso);
  // Date.parse rolls 30 February over into March; written out again it differs.
  return Number.isNaN(ms) || new Date(ms).toISOString() !== iso ? undefined : ms;
}
