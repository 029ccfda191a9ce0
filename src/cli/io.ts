import type { Services } from '#actions/services.ts';
import type { HubPerson } from '#domain/unify/read/hub-person.ts';

/** A hub opened for one command: the services of the store (its own or, while the server runs, over the local socket). */
export interface OpenHub {
  readonly services: Services;
  close(): Promise<void>;
}

/** A system as checks of a policy need it. */
export interface KnownSystem {
  readonly id: string;
  readonly side: 'crm' | 'erp' | 'other';
}

/** The options every command takes. */
export interface CommonOptions {
  /** Print one JSON document on standard output and nothing else there. */
  readonly json?: boolean;
}

/** What a command may use of the world; handed in by the composition of the command line, so that tests hand in theirs. */
export interface CommandIo {
  /** Prints the answer on standard output: with `--json` the document alone, otherwise the text for people. */
  out(options: CommonOptions, document: unknown, text: string | (() => string)): void;
  /** A line on standard error, for progress and notices. */
  note(line: string): void;
  /** Sets the exit code to 1: the command was refused or found faults. The answer is printed by `out` as usual. */
  refused(): void;
  /** Opens the store as the server does. Only commands that need a store call it; the caller closes. */
  openHub(): Promise<OpenHub>;
  /** The systems of the configuration and, if a store exists already, of the store; opens or makes none otherwise. */
  knownSystems(): Promise<readonly KnownSystem[]>;
  /** The people of the store as a directory, if a store exists already; makes none otherwise. */
  knownPeople(): Promise<readonly HubPerson[]>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Wrong use of the command line: printed on standard error, exit code 2. Any other thrown error is exit code 1. */
export class WrongUse extends Error {}
