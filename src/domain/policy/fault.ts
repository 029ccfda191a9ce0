/** One fault of a policy document, as `policy check` prints it (contract.md, "Commands"). */
export interface Fault {
  /** Dotted, with indexes: `roles.clerk.includes[0]`; empty for the document as a whole. */
  readonly path: string;
  /** From 1, at the offending key or value. */
  readonly line: number;
  /** What is wrong and what would be right. */
  readonly message: string;
  /** The nearest name that would be right. */
  readonly suggestion?: string;
}

/** Collects faults, so that a check goes on after the first one and all are told at once. */
export class Faults {
  readonly #list: Fault[] = [];

  add(path: string, line: number, message: string, suggestion?: string): void {
    this.#list.push({ path, line, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }

  get any(): boolean {
    return this.#list.length > 0;
  }

  /** By line, in the order found within a line. */
  sorted(): Fault[] {
    return this.#list.toSorted((a, b) => a.line - b.line);
  }
}

/** The path of a key below a path. */
export function at(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
