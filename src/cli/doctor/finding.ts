/** What doctor says of one thing. A fault makes the command fail; a warning is something to know. */
export interface Finding {
  readonly check: string;
  readonly state: 'good' | 'warning' | 'fault';
  readonly detail: string;
  readonly remedy?: string;
}

export function good(check: string, detail: string): Finding {
  return { check, state: 'good', detail };
}

export function warning(check: string, detail: string, remedy?: string): Finding {
  return { check, state: 'warning', detail, ...(remedy === undefined ? {} : { remedy }) };
}

export function fault(check: string, detail: string, remedy?: string): Finding {
  return { check, state: 'fault', detail, ...(remedy === undefined ? {} : { remedy }) };
}

const marks = { good: '✓', warning: '!', fault: '✗' } as const;

export function findingLine({ check, state, detail, remedy }: Finding): string {
  return `${marks[state]} ${check.padEnd(12)} ${detail}${remedy === undefined ? '' : `; ${remedy}`}`;
}
