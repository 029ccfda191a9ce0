import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { PolicyText } from '#actions/policy/effect.ts';
import { type Checked, checkPolicy } from '#domain/policy/check/check.ts';
import { compilePolicy } from '#domain/policy/compile.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { Fault } from '#domain/policy/fault.ts';
import { type CommandIo, type CommonOptions, type KnownSystem, WrongUse } from '../io.ts';

/** A file that the command line names. @throws WrongUse when it cannot be read. */
export async function readInput(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new WrongUse(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The text of a policy file. Bytes that are not UTF-8 show as U+FFFD and are told of by `checkFile`. */
export async function checkFile(
  file: string,
  systems: readonly KnownSystem[],
): Promise<Checked & { readonly text: string }> {
  const bytes = await readInput(file);
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return { ...checkPolicy(text, systems), text };
  const line = text.slice(0, text.indexOf('\u{fffd}')).split('\n').length;
  return { ok: false, faults: [{ path: '', line, message: 'The file is not UTF-8; save it as UTF-8.' }], text };
}

/** The compiled policy of a file, or undefined when it is faulty: the faults have then been printed. */
export async function compileFile(
  io: CommandIo,
  options: CommonOptions,
  file: string,
  systems: readonly KnownSystem[],
): Promise<PolicyText | undefined> {
  const checked = await checkFile(file, systems);
  if (checked.ok) return { text: checked.text, compiled: compilePolicy(checked.document) };
  tellFaults(io, options, file, checked.faults);
  return undefined;
}

/** Prints every fault and makes the command end with 1. */
export function tellFaults(io: CommandIo, options: CommonOptions, file: string, faults: readonly Fault[]): void {
  io.out(options, { ok: false, faults }, () => faults.map((fault) => faultLine(file, fault)).join('\n'));
  io.refused();
}

function faultLine(file: string, { path, line, message, suggestion }: Fault): string {
  const hint = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
  return `${file}:${line}${path === '' ? '' : ` ${path}`}: ${message}${hint}`;
}

/** An `--at` option: a day or an instant. @returns milliseconds since 1970. @throws WrongUse for anything else. */
export function instantOption(text: string): number {
  const at = parseInstant(text);
  if (at === undefined) {
    throw new WrongUse(`--at: "${text}" is no date; write YYYY-MM-DD or an instant such as 2026-01-31T08:00:00Z`);
  }
  return at;
}
