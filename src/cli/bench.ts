import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Command } from 'commander';

const program = resolve(import.meta.dirname, '../../test/bench/run.ts');

/** The same as `npm run bench`: it starts processes of its own and touches no store of this hub. */
export function benchCommand(root: Command): void {
  root
    .command('bench')
    .description('measures this machine: sign-in, entry, tokens, against the bare provider library')
    .argument('[words...]', 'handed on to the measuring program')
    .allowUnknownOption()
    .action(async (words: string[], options: { json?: boolean }) => {
      const json = options.json === true ? ['--json'] : [];
      const child = spawn(process.execPath, [program, ...words, ...json], { stdio: 'inherit' });
      process.exitCode = await new Promise<number>((done) => child.on('exit', (code) => done(code === 0 ? 0 : 1)));
    });
}
