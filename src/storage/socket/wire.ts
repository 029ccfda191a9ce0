import type { Socket } from 'node:net';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { ErrorCode, FieldFault } from '#domain/errors.ts';
import { Lines } from '#platform/lines.ts';
import type { AuditQuery, Change, ConflictReason, Query } from '../port.ts';

/** A change with its collection named instead of held. */
export type WireChange = Change extends infer C
  ? C extends Change
    ? Omit<C, 'collection'> & { collection: string }
    : never
  : never;

/** What the command line asks; one JSON object a line. Answers carry the same `n`. */
export type Call =
  | { op: 'hello' }
  | { op: 'get'; collection: string; id: string }
  | { op: 'find'; collection: string; query: Query }
  | { op: 'count'; collection: string; where?: Query['where'] }
  | { op: 'commit'; changes: WireChange[]; events: readonly AuditDraft[] }
  | { op: 'ping' }
  | { op: 'audit.query'; query: AuditQuery }
  | { op: 'audit.heads' }
  /** Opens an export; `audit.more` fetches the next events of it, an empty list ends it. */
  | { op: 'audit.export'; query: AuditQuery }
  | { op: 'audit.more'; handle: number }
  | { op: 'audit.enough'; handle: number }
  | { op: 'backup'; file: string };

export type Asked = Call & { n: number };

export type WireFault =
  | { kind: 'conflict'; at: number; reason: ConflictReason; index?: string }
  | { kind: 'refused'; code: ErrorCode; message: string; faults: readonly FieldFault[] }
  | { kind: 'unavailable'; message: string }
  | { kind: 'other'; message: string };

export type Answer = { n: number; counters: Record<string, number> } & ({ value: unknown } | { fault: WireFault });

/** Calls back with each line that arrives, as an object. A line that is no JSON ends the connection. */
export function onLines(socket: Socket, received: (message: unknown) => void): void {
  const lines = new Lines();
  socket.setEncoding('utf8').on('data', (piece: string) => {
    for (const line of lines.push(piece)) {
      let message: unknown;
      try {
        message = JSON.parse(line);
      } catch {
        socket.destroy();
        return;
      }
      received(message);
    }
  });
}

export function send(socket: Socket, message: Asked | Answer): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}
