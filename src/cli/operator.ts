import { userInfo } from 'node:os';
import type { Origin } from '#domain/audit/event.ts';

/** Who acts on the command line: the operator, told apart by the machine's user name. */
export function operatorOrigin(): Origin {
  return { actor: { kind: 'operator' }, agent: `command line, user ${userName()}` };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password file, as containers have it.
    return `id ${process.getuid?.() ?? 'unknown'}`;
  }
}
