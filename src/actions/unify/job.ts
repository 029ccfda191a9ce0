import type { Draft, ListName } from '#domain/unify/outcome/groups.ts';
import type { ColumnMap, Columns } from '#domain/unify/read/columns.ts';
import type { HubPerson } from '#domain/unify/read/hub-person.ts';
import type { ListFault, SourceRow } from '#domain/unify/read/list.ts';

export interface FileJob {
  readonly bytes: Uint8Array;
  readonly map: ColumnMap;
  readonly encoding: string | undefined;
}

/** `look`: read the files and tell what they look like; `match`: match them as well, when they have no fault. */
export interface Job {
  readonly kind: 'look' | 'match';
  readonly crm: FileJob;
  readonly erp: FileJob;
  readonly directory?: FileJob;
  /** The hub's own people, where they are the directory. */
  readonly people?: readonly HubPerson[];
}

/** A file as it was read: how, its first rows, and every fault by line. */
export interface ReadFile {
  readonly heading: readonly string[];
  readonly columns: Columns;
  readonly encoding: string;
  readonly separator: string;
  readonly rows: number;
  readonly preview: readonly SourceRow[];
  readonly faults: readonly ListFault[];
}

export interface ReadRow extends Omit<SourceRow, 'cells'> {
  /** A shared mailbox stands under `box` instead of `mail`. */
  readonly cells: SourceRow['cells'] & { readonly box?: string };
  readonly list: ListName;
  readonly at: number;
  /** The hub's account, of a row of the hub's own people. */
  readonly person?: string;
  readonly second?: true;
}

export interface FullDraft extends Pick<Draft, 'kind' | 'score' | 'reasons'> {
  readonly rows: readonly ReadRow[];
  /** Keys (`<list>:<at>`) of the two rows that a doubt is about. */
  readonly pair: readonly string[];
}

export interface JobAnswer {
  readonly files: { readonly crm: ReadFile; readonly erp: ReadFile; readonly directory?: ReadFile };
  /** Absent when the files were only looked at or have faults. */
  readonly drafts?: readonly FullDraft[];
}
