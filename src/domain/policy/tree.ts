/** A YAML document reduced to what a policy needs: scalars as written, lists, mappings, and the line of each. */
export interface ScalarTree {
  readonly kind: 'scalar';
  /** The characters of a string, or those written for a number or truth value (`0100`), in NFC. */
  readonly text: string;
  readonly value: string | number | boolean;
  readonly line: number;
}

export interface ListTree {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly line: number;
}

export interface Entry {
  readonly key: string;
  readonly keyLine: number;
  readonly value: Tree;
}

/** Entries in the order written. A key that stands twice has been reported and is here twice. */
export interface MappingTree {
  readonly kind: 'mapping';
  readonly entries: readonly Entry[];
  readonly line: number;
}

/** Something that has been reported already: later checks pass over it in silence. */
export interface BadTree {
  readonly kind: 'bad';
  readonly line: number;
}

export type Tree = ScalarTree | ListTree | MappingTree | BadTree;
