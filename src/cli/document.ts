import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { WrongUse } from './io.ts';

/** One document as YAML or JSON. @throws WrongUse */
export function readDocument(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongUse(`${file} cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
}
