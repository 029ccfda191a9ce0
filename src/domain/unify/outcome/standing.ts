import type { Cells } from '../read/list.ts';

const inactiveWords =
  /^(0|false|no|n|nein|nie|non|否|不|inactive|disabled|deactivated|left|leaver|terminated|ended|ausgeschieden|inaktiv|deaktiviert|nieaktywny|zwolniony|inactif|inactivo|停用|禁用|离职|已离职|離職)$/i;
const notLocked = /^(0|false|no|n|nein|nie|non|否|unlocked|not locked)?$/i;

/** Whether a row's account works in its system now: its state, lock and last day. What the row does not tell counts as yes. */
export function isActive({ active, locked, validTo }: Cells, now: number): boolean {
  if (active !== undefined && inactiveWords.test(active.trim())) return false;
  if (locked !== undefined && !notLocked.test(locked.trim())) return false;
  const until = validTo === undefined ? undefined : dayOf(validTo);
  return until === undefined || until + 86_400_000 > now;
}

/** `2026-12-31`, `20261231`, `31.12.2026`; milliseconds. Undefined for what is no such day (`00.00.0000`). */
function dayOf(text: string): number | undefined {
  const bare = text.trim();
  const [, y, m, d] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(bare) ?? [];
  const [, day, month, year] = /^(\d{2})[./](\d{2})[./](\d{4})/.exec(bare) ?? [];
  const at = Date.UTC(Number(y ?? year), Number(m ?? month) - 1, Number(d ?? day));
  return Number.isNaN(at) || Number(y ?? year) === 0 ? undefined : at;
}
