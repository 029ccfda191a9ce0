import type { Restored } from './restore.ts';

/** So many lost acts are printed; all of them are in the JSON. */
const shown = 50;

export function restoredText({ file, epoch, disabledAgain, notInBackup, lost, passing, replaced }: Restored): string {
  const lines = [`${file} is in place; epoch ${epoch} begins, every session and token from before is dead.`];
  if (replaced !== undefined) lines.push(`The store that was there lies at ${replaced}.`);
  if (disabledAgain.length > 0) lines.push(`Disabled again: ${disabledAgain.join(', ')}`);
  if (notInBackup.length > 0) lines.push(`Disabled since, but not in this backup: ${notInBackup.join(', ')}`);
  if (lost === undefined) {
    lines.push('What was done after this backup is not known: the store that was there could not be read.');
    return lines.join('\n');
  }
  lines.push(`Not in this backup: ${passing ?? 0} sign-ins, entries and the like, and ${lost.length} other acts:`);
  for (const act of lost.slice(0, shown)) {
    lines.push(`  ${act.at}  ${act.type}  ${act.subject ?? act.system ?? ''}`.trimEnd());
  }
  if (lost.length > shown) lines.push(`  … and ${lost.length - shown} more (--json lists all)`);
  return lines.join('\n');
}
