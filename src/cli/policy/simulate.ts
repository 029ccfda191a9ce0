import type { Command } from 'commander';
import type { PolicyText } from '#actions/policy/effect.ts';
import { simulateOnStore } from '#actions/policy/simulate.ts';
import { type CompiledPolicy, emptyPolicy } from '#domain/policy/compile.ts';
import { type Simulation, simulate } from '#domain/policy/simulate.ts';
import type { CommandIo, CommonOptions, KnownSystem } from '../io.ts';
import { compileFile, instantOption } from './file.ts';
import { peopleFromCsv } from './people.ts';
import { progressNote } from './progress.ts';
import { effectText } from './text.ts';

interface SimulateOptions extends CommonOptions {
  readonly policy: string;
  readonly from?: string;
  readonly people?: string;
  readonly at?: string;
}

/** `policy simulate`: who would gain and lose what. With `--people` it needs no store. */
export function simulateCommand(policy: Command, io: CommandIo): void {
  policy
    .command('simulate')
    .description('say what a policy would change for people')
    .requiredOption('--policy <file>', 'the policy to try out')
    .option('--from <file>', 'the policy to compare with; default the one in force, or none with --people')
    .option('--people <csv>', 'the people to try it on; default those of the store')
    .option('--at <instant>', 'at which moment; default now')
    .option('--json', 'print JSON')
    .action(async (options: SimulateOptions) => {
      const at = options.at === undefined ? io.now() : instantOption(options.at);
      const systems = await io.knownSystems();
      const after = await compileFile(io, options, options.policy, systems);
      if (after === undefined) return;
      const from = await fromOption(io, options, systems);
      if (from === 'faulty') return;
      const simulation =
        options.people === undefined
          ? await onStore(io, after, from, at)
          : await onCsv(io, options, options.people, after.compiled, from?.compiled ?? emptyPolicy, at);
      if (simulation !== undefined) {
        io.out(options, simulation, () => `${simulation.people} people considered\n${effectText(simulation)}`);
      }
    });
}

async function fromOption(
  io: CommandIo,
  options: SimulateOptions,
  systems: readonly KnownSystem[],
): Promise<PolicyText | undefined | 'faulty'> {
  if (options.from === undefined) return undefined;
  return (await compileFile(io, options, options.from, systems)) ?? 'faulty';
}

async function onStore(
  io: CommandIo,
  after: PolicyText,
  from: PolicyText | undefined,
  at: number,
): Promise<Simulation> {
  const hub = await io.openHub();
  try {
    return await simulateOnStore(hub.services, after, { at, from, onProgress: progressNote(io) });
  } finally {
    await hub.close();
  }
}

async function onCsv(
  io: CommandIo,
  options: CommonOptions,
  file: string,
  after: CompiledPolicy,
  from: CompiledPolicy,
  at: number,
): Promise<Simulation | undefined> {
  const people = await peopleFromCsv(io, options, file);
  if (people === undefined) return undefined;
  return simulate(from, after, at, people);
}
