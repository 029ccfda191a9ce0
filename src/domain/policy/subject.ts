/** A person as a policy sees them. */

/** Attribute name -> value or values, in NFC. What is empty is absent. A Map, so that no name means anything special. */
export type Attributes = ReadonlyMap<string, string | readonly string[]>;

/** Milliseconds since 1970; from inclusive, until exclusive. */
export interface Period {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** A role given to one person by hand. */
export interface SingleAssignment extends Period {
  readonly id: string;
  readonly role: string;
}

export interface Subject {
  /** Only active people have any role. */
  readonly active: boolean;
  /** Exclusive, in ms: the end of their last day. */
  readonly until?: number | undefined;
  readonly attributes: Attributes;
  readonly assignments: readonly SingleAssignment[];
}

/** Attributes from names and raw values: names and values in NFC, empty values and empty lists left out. */
export function attributesOf(raw: Iterable<readonly [string, string | readonly string[] | undefined]>): Attributes {
  const attributes = new Map<string, string | readonly string[]>();
  for (const [name, value] of raw) {
    if (value === undefined || value === '') continue;
    if (typeof value === 'string') {
      attributes.set(name.normalize('NFC'), value.normalize('NFC'));
      continue;
    }
    const values = value.filter((element) => element !== '').map((element) => element.normalize('NFC'));
    if (values.length > 0) attributes.set(name.normalize('NFC'), values);
  }
  return attributes;
}

/** Is the person active at an instant? */
export function isActiveAt({ active, until }: Pick<Subject, 'active' | 'until'>, at: number): boolean {
  return active && (until === undefined || at < until);
}

/** Does a period hold at an instant? */
export function inForce(period: Period, at: number): boolean {
  return (period.from === undefined || period.from <= at) && (period.until === undefined || at < period.until);
}
