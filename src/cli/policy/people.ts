import { readPeople } from '#domain/people/csv/rows.ts';
import { patched } from '#domain/people/fields.ts';
import { loginsOf } from '#domain/people/folding.ts';
import { policyAttributes } from '#domain/people/record.ts';
import { personFaults } from '#domain/people/rules.ts';
import type { Fault } from '#domain/policy/fault.ts';
import type { SimulatedPerson } from '#domain/policy/simulate.ts';
import { attributesOf } from '#domain/policy/subject.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { readInput, tellFaults } from './file.ts';

/** The people of a CSV as a policy sees them, or undefined when rows are bad: every fault has then been printed. */
export async function peopleFromCsv(
  io: CommandIo,
  options: CommonOptions,
  file: string,
): Promise<SimulatedPerson[] | undefined> {
  const people: SimulatedPerson[] = [];
  const faults: Fault[] = [];
  const logins = new Map<string, number>();
  for (const row of readPeople(await readInput(file))) {
    if (row.kind === 'fault') {
      faults.push(row);
      continue;
    }
    const fields = patched(row.patch);
    faults.push(...personFaults(fields).map((fault) => ({ ...fault, line: row.line })));
    for (const login of loginsOf(fields)) {
      const before = logins.get(login);
      if (before === undefined) logins.set(login, row.line);
      else
        faults.push({
          path: 'email',
          line: row.line,
          message: `"${login}" signs in somebody on line ${before} already`,
        });
    }
    people.push({
      person: fields.email ?? fields.username ?? '',
      subject: {
        active: fields.status === 'active',
        attributes: attributesOf(policyAttributes(fields)),
        assignments: [],
      },
    });
  }
  if (faults.length === 0) return people;
  tellFaults(
    io,
    options,
    file,
    faults.map(({ path, line, message }) => ({ path, line, message })),
  );
  return undefined;
}
