import type { AccountTrouble } from '#domain/ldap/account-state.ts';

/** A directory as it is spoken to: the settings of its source, secrets opened. */
export interface DirectorySettings {
  /** The source's id. */
  readonly id: string;
  /** `ldaps://host[:636]` or `ldap://host[:389]`. */
  readonly url: string;
  readonly startTls: boolean;
  /** Certificates of the CAs that may vouch for it, in PEM, instead of those of this machine. */
  readonly ca?: string | undefined;
  /** The service account; without one the search is anonymous. */
  readonly bindDn?: string | undefined;
  readonly bindPassword?: string | undefined;
  readonly base: string;
  /** With `{login}` where what was typed goes. */
  readonly filter: string;
  /** Everybody who belongs to the source, for a walk. */
  readonly everybody: string;
  /** The attribute that names an entry for ever. */
  readonly subject: string;
  /** Attributes to read, as the directory calls them. */
  readonly attributes: readonly string[];
  readonly groups: {
    /** How groups are found: told by the entry (`memberOf`), sought by `filter` below `base`, or not at all. */
    readonly by: 'memberOf' | 'search' | 'none';
    readonly base: string;
    /** With `{dn}`. */
    readonly filter: string;
    /** Groups of groups: not, by asking group after group, or by Active Directory's own rule (1.2.840.113556.1.4.1941). */
    readonly nested: 'no' | 'walk' | 'chain';
    /** What is told of a group: `dn`, or an attribute of it such as `cn`. */
    readonly value: string;
  };
  readonly pageSize: number;
  /** For one answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Private networks (CIDR) that may be reached, beside public addresses; loopback by `allowLoopback`. */
  readonly allow: readonly string[];
  readonly allowLoopback: boolean;
}

/** Somebody in a directory. */
export interface DirectoryEntry {
  /** The id that stays (`subjectText`). */
  readonly subject: string;
  /** Where the entry is now. Never kept: it changes. */
  readonly dn: string;
  /** By the names that were asked for; groups under `memberOf`. Values that are no text are left out. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** There are more groups than are told: what is known of them stays as it is. */
  readonly groupsInPart?: true;
  /** What the entry says of its own state. */
  readonly trouble: AccountTrouble | undefined;
}

export type Found =
  | { readonly outcome: 'one'; readonly entry: DirectoryEntry }
  | { readonly outcome: 'none' }
  /** More than one entry answers to it; nobody is tried. */
  | { readonly outcome: 'several'; readonly count: number }
  /** The one entry has no `subject`. */
  | { readonly outcome: 'nameless' };

export type Bound =
  | { readonly outcome: 'right' }
  | { readonly outcome: 'wrong' }
  /** `proved`: the directory tells this only to who knows the password. */
  | { readonly outcome: 'refused'; readonly trouble: AccountTrouble; readonly proved: boolean };

export type DirectoryTroubleKind =
  | 'address'
  | 'unreachable'
  | 'certificate'
  | 'slow'
  | 'busy'
  | 'service-bind'
  | 'search';

/** The directory could not be asked. The message is for whoever runs the hub, and says what to do. */
export class DirectoryTrouble extends Error {
  readonly kind: DirectoryTroubleKind;

  constructor(kind: DirectoryTroubleKind, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'DirectoryTrouble';
    this.kind = kind;
  }
}

/** What the hub asks of directories; built in federation/ldap, handed in by the composition root. Every call @throws DirectoryTrouble */
export interface Directories {
  /** Who answers to what was typed. Groups are not read yet. */
  find(directory: DirectorySettings, login: string): Promise<Found>;
  /** Whether this is the entry's password. An empty one is wrong without being asked (RFC 4513, 5.1.2). */
  bind(directory: DirectorySettings, entry: DirectoryEntry, password: string): Promise<Bound>;
  /** The entry with its groups. */
  withGroups(directory: DirectorySettings, entry: DirectoryEntry): Promise<DirectoryEntry>;
  /** Everybody, a page at a time, groups included. */
  walk(directory: DirectorySettings): AsyncIterable<readonly DirectoryEntry[]>;
  /** Whether it can be asked at all, and how many of everybody it tells at first. */
  probe(directory: DirectorySettings): Promise<{ readonly found: number; readonly more: boolean }>;
  /** Closes the connections. */
  close(): Promise<void>;
}
