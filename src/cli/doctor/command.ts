import type { Command } from 'commander';
import { SettingsError } from '#settings/faults.ts';
import type { Settings } from '#settings/settings.ts';
import type { CommonOptions } from '../io.ts';
import type { CliWorld } from '../world.ts';
import { checkpointFindings } from './checkpoints.ts';
import { type Finding, fault, findingLine, good } from './finding.ts';
import { hubFindings } from './hub.ts';
import { machineFindings } from './machine.ts';

export function doctorCommand(program: Command, world: CliWorld): void {
  program
    .command('doctor')
    .description('settings, store, keys, checkpoints, systems, clock and file permissions: what is right, what is not')
    .action(async (options: CommonOptions) => {
      const findings = await examine(world);
      const ok = findings.every((finding) => finding.state !== 'fault');
      world.io.out(options, { ok, checks: findings }, () => findings.map(findingLine).join('\n'));
      if (!ok) world.io.refused();
    });
}

/** Every finding. Where one part cannot be looked at, that is a finding, and the others are looked at all the same. */
async function examine(world: CliWorld): Promise<Finding[]> {
  let settings: Settings;
  try {
    settings = world.settings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.faults.map(({ path, message }) => fault('settings', `${path} ${message}`));
  }
  const findings = [good('settings', `issuer ${settings.issuer}, data ${settings.data}`)];
  try {
    const hub = await world.openHub();
    try {
      findings.push(...(await hubFindings(hub.services, hub.running)));
      findings.push(...(await checkpointFindings(hub.services)));
    } finally {
      await hub.close();
    }
  } catch (error) {
    findings.push(fault('store', error instanceof Error ? error.message : String(error)));
  }
  return [...findings, ...machineFindings(settings)];
}
