import { createInterface } from 'node:readline';
import { WrongUse } from './io.ts';

/** Asks for a secret. Never an argument of the command: those stand in the shell's history and the process list. */
export type AskSecret = (what: string) => Promise<string>;

/** At a terminal it is typed twice without being shown; otherwise it is the first line of standard input. */
export const askSecret: AskSecret = async (what) => {
  if (!process.stdin.isTTY) return firstLine();
  const typed = await hidden(`${what}: `);
  if ((await hidden(`${what}, again: `)) !== typed) throw new WrongUse('The two were not the same.');
  return typed;
};

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) return line;
  throw new WrongUse('There was no password on standard input.');
}

/** Reads a line from the terminal in raw mode, so that nothing is echoed. */
function hidden(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.resume();
  stdin.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const done = (): void => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const read = (chunk: string): void => {
      for (const key of chunk) {
        const ends = key === '\r' || key === '\n';
        const cancels = key === '\u0003' || key === '\u0004';
        if (ends || cancels) {
          done();
          if (ends) resolve(typed.join(''));
          else reject(new WrongUse('Cancelled.'));
          return;
        }
        typed = key === '\u007f' ? typed.slice(0, -1) : [...typed, key];
      }
    };
    stdin.on('data', read);
  });
}
