import type { Command } from 'commander';
import { applyProvisioning } from '#actions/provisioning/apply.ts';
import { driftOf } from '#actions/provisioning/drift.ts';
import { planProvisioning } from '#actions/provisioning/plan.ts';
import { shownPlan } from '#actions/provisioning/shown.ts';
import type { Services } from '#actions/services.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { personNamed, withHub } from '../people/person.ts';
import { planText } from './text.ts';
import { waitUntilCarried } from './wait.ts';

interface Options extends CommonOptions {
  readonly person?: string;
}

/** `provision plan|apply|drift SYSTEM [--person P]` (contract.md, "Provisioning to systems"). */
export function provisionCommands(program: Command, io: CommandIo): void {
  const group = program.command('provision').description('accounts and roles in the products');
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .argument('<system>', 'id of the system')
      .option('--person <person>', 'only this one: e-mail or username');

  command('plan', 'show what would be done in the product; nothing is changed').action(
    (system: string, options: Options) =>
      withHub(io, async (services) => {
        const plan = shownPlan(
          await planProvisioning(services, operatorOrigin(), system, await idOf(services, options)),
        );
        io.out(options, plan, () => planText(plan, 'plan'));
      }),
  );

  command('drift', 'show how the product differs from the policy; nothing is changed').action(
    (system: string, options: Options) =>
      withHub(io, async (services) => {
        const plan = shownPlan(await driftOf(services, operatorOrigin(), system, await idOf(services, options)));
        io.out(options, plan, () => planText(plan, 'drift'));
      }),
  );

  command('apply', 'do it, wait for it, and say what the product has afterwards').action(
    (system: string, options: Options) =>
      withHub(io, async (services) => {
        const done = await applyProvisioning(services, operatorOrigin(), system, await idOf(services, options));
        const progress = await waitUntilCarried(services, system, (line) => io.note(line));
        const plan = { ...shownPlan(done), queued: done.queued, ...progress };
        io.out(options, plan, () => planText(plan, 'applied'));
        if (progress.waiting + progress.failed > 0) io.refused();
      }),
  );
}

async function idOf(services: Services, { person }: Options): Promise<string | undefined> {
  return person === undefined ? undefined : (await personNamed(services, person)).id;
}
