import { readPeople } from '#domain/people/csv/rows.ts';
import { patched } from '#domain/people/fields.ts';
import { loginsOf } from '#domain/people/folding.ts';
import { policyAttributes } from '#domain/people/record.ts';
import type { Fault } from '#domain/policy/fault.ts';
import type { SimulatedPerson } from '#domain/policy/simulate.ts';
import { attributesOf } from '#domain/policy/subject.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { readInput, tellFaults } from './file.ts';

/**
 * The people of a CSV as a policy sees them, or undefined when rows are bad: every fault has then been printed. Less strict
 * than an import, which also looks at how e-mails and names are written: trying out a policy does not turn on that.
 */
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
    const person = fields.email ?? fields.username;
    if (person === undefined) {
      faults.push({ path: 'email', line: row.line, message: 'give an e-mail or a username' });
      continue;
    }
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
      person,
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
