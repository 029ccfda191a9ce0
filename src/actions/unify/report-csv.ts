import { neutralCell } from '#domain/people/csv/formula.ts';
import type { Report } from './report.ts';

const heading = ['section', 'list', 'id', 'login', 'name', 'line', 'active', 'group', 'person', 'detail'];

/** The report as one CSV; cells that a spreadsheet would take for a formula are neutral. */
export function reportCsv(report: Report): string {
  const lines = [heading];
  for (const section of ['orphans', 'leavers', 'duplicates', 'technical'] as const) {
    for (const { list, id, login, name, line, active, group, person, why } of report[section])
      lines.push([
        section,
        list,
        id,
        login,
        name,
        String(line),
        String(active),
        String(group ?? ''),
        person ?? '',
        why ?? '',
      ]);
  }
  for (const { person, label, separation, permissions } of report.conflicts) {
    const held = permissions.map(({ system, permission }) => `${system} ${permission}`).join(' + ');
    lines.push(['conflicts', '', '', '', label, '', '', '', person, `${separation}: ${held}`]);
  }
  return `${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}

function cell(value: string): string {
  const neutral = neutralCell(value);
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
}
