import type { Command } from 'commander';
import { type AccessExplanation, explainAccess } from '#actions/access/explain.ts';
import { onlyAbout } from '#actions/access/only-about.ts';
import { findByLogin } from '#actions/people/find.ts';
import type { NativeReason } from '#domain/claims/native-roles.ts';
import { HubError } from '#domain/errors.ts';
import type { RoleReason } from '#domain/policy/explain.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { instantOption } from './file.ts';

/** `policy explain PERSON SYSTEM`: what somebody may do there and why, and what keeps them from the rest. */
export function explainCommand(policy: Command, io: CommandIo): void {
  policy
    .command('explain')
    .description('say what somebody may do in a system, and why')
    .argument('<person>', 'e-mail or username')
    .argument('<system>', 'id of the system')
    .option('--permission <name>', 'this permission alone')
    .option('--at <instant>', 'at which moment; default now')
    .option('--json', 'print JSON')
    .action(async (person: string, system: string, options: CommonOptions & { at?: string; permission?: string }) => {
      const at = options.at === undefined ? io.now() : instantOption(options.at);
      const hub = await io.openHub();
      try {
        const found = await findByLogin(hub.services, person);
        if (found === undefined) throw new HubError('not-found', `Nobody has the e-mail or username "${person}"`);
        const whole = await explainAccess(hub.services, found, system, at);
        const explanation = options.permission === undefined ? whole : onlyAbout(whole, options.permission);
        io.out(options, explanation, () => explanationText(explanation));
      } finally {
        await hub.close();
      }
    });
}

function explanationText({
  person,
  system,
  active,
  roles,
  permissions,
  nativeBecause,
  policy,
  missing,
}: AccessExplanation): string {
  const section = (title: string, lines: string[]) => [`${title}:`, ...(lines.length > 0 ? lines : ['  none'])];
  return [
    `${person} in ${system}, by version ${policy} of the policy${active ? '' : ' (disabled: holds nothing)'}`,
    ...section(
      'Roles',
      roles.map(({ role, because }) => `  ${role}: ${because.map(reasonText).join('; ')}`),
    ),
    ...section(
      'May',
      permissions.map(({ permission, because }) => `  ${permission}: ${because.map(({ role }) => role).join(', ')}`),
    ),
    ...(nativeBecause.length > 0
      ? section(
          'Native roles',
          nativeBecause.map(({ nativeRole, because }) => `  ${nativeRole}: ${because.map(nativeText).join(', ')}`),
        )
      : []),
    ...section(
      'May not',
      missing.map(({ permission, grantedBy, nearest }) => {
        const [first] = nearest;
        const way =
          first === undefined
            ? ''
            : `; nearest ${first.rule.path} (line ${first.rule.line}): fails ${first.failing.map(({ path }) => path).join(', ')}`;
        return `  ${permission}: ${grantedBy.join(', ')}${way}`;
      }),
    ),
  ].join('\n');
}

function reasonText(reason: RoleReason): string {
  if ('rule' in reason) return `${reason.rule.path} (line ${reason.rule.line})`;
  return 'assignment' in reason ? `assigned singly (${reason.assignment})` : `included by ${reason.includedBy}`;
}

function nativeText(reason: NativeReason): string {
  return 'role' in reason ? reason.role : reason.permission;
}
