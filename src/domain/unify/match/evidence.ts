import { compareNames, type Likeness } from '../names/compare.ts';
import type { Account } from '../read/account.ts';
import type { World } from './world.ts';

/** What speaks for and against two rows being one person. `none` is not worth a look. */
export interface Evidence {
  readonly decision: 'auto' | 'review' | 'none';
  /** 0 to 1; orders proposals, and is no probability. */
  readonly score: number;
  readonly reasons: readonly string[];
  /** A number or an address agrees. */
  readonly proved: boolean;
  /** The name agrees in full and nothing speaks against the pair. */
  readonly clear: boolean;
}

const nothing: Evidence = { decision: 'none', score: 0, reasons: [], proved: false, clear: false };

interface Facts {
  readonly number?: string;
  readonly mail?: string;
  readonly phone?: string;
  readonly name: Likeness;
  readonly against: readonly string[];
  /** What both rows tell of and tell differently without proving two people: a name alone is not enough against it. */
  readonly doubts: readonly string[];
  readonly department: boolean | undefined;
}

function common(a: readonly string[], b: readonly string[]): string | undefined {
  return a.find((value) => b.includes(value));
}

function bestName(a: Account, b: Account): Likeness {
  let best: Likeness = { level: 0, reason: '' };
  for (const one of a.names) {
    for (const two of b.names) {
      const likeness = compareNames(one, two);
      if (likeness.level > best.level) best = likeness;
      if (best.level === 1) return best;
    }
  }
  return best;
}

function facts(a: Account, b: Account, world: World): Facts {
  const number = common(a.numbers, b.numbers);
  const phones = common(a.phones, b.phones);
  const phone = phones !== undefined && world.sharing('phone', phones) <= 2 ? phones : undefined;
  const name = bestName(a, b);
  const mail = common(a.mails, b.mails) ?? sameLocal(a.mails, b.mails) ?? sameHouse(a.mails, b.mails, name, world);
  const against: string[] = [];
  const [one, two] = [a.numbers.filter(world.ordinary), b.numbers.filter(world.ordinary)];
  if (number === undefined && one.length > 0 && two.length > 0)
    against.push(`employee numbers differ (${one[0]}, ${two[0]})`);
  const other = mail === undefined ? otherAddress(a.mails, b.mails) : undefined;
  if (other !== undefined) against.push(other);
  const department =
    a.department === undefined || b.department === undefined ? undefined : a.department === b.department;
  return {
    name,
    against,
    doubts: doubtsOf(a, b, department, mail, world),
    department,
    ...(number === undefined ? {} : { number }),
    ...(mail === undefined ? {} : { mail }),
    ...(phone === undefined ? {} : { phone }),
  };
}

function doubtsOf(
  a: Account,
  b: Account,
  department: boolean | undefined,
  mail: string | undefined,
  world: World,
): string[] {
  const doubts: string[] = [];
  const apart = (one: readonly string[], two: readonly string[]): boolean =>
    one.length > 0 && two.length > 0 && common(one, two) === undefined;
  const personal = (phone: string): boolean => world.sharing('phone', phone) <= 2;
  if (department === false) doubts.push('departments differ');
  if (apart(a.phones.filter(personal), b.phones.filter(personal))) doubts.push('telephones differ');
  if (apart(a.numbers, b.numbers)) doubts.push('employee numbers differ');
  if (apart(a.mails, b.mails) && mail === undefined) doubts.push('addresses differ');
  if (outsider(a, b, world) || outsider(b, a, world)) doubts.push('one of them is external');
  if ([...a.mails, ...b.mails].some((mail) => /\p{L}\d{1,2}@/u.test(mail)))
    doubts.push('an address is numbered: there is a namesake');
  return doubts;
}

/** One row says that it is an external's, the other has an address of the house. */
function outsider(a: Account, b: Account, world: World): boolean {
  return a.external && !b.external && b.mails.some(world.ofTheHouse);
}

/** One company under two domains keeps what stands before the @, when that is a whole name. */
function sameLocal(a: readonly string[], b: readonly string[]): string | undefined {
  const locals = a.map((mail) => mail.slice(0, mail.indexOf('@')));
  return b.find((mail) => /^\p{L}{2,}[._-].*@/u.test(mail) && locals.includes(mail.slice(0, mail.indexOf('@'))));
}

/** The same with initials before the @ (`jnowak@`), where both domains are the company's and the names agree. */
function sameHouse(a: readonly string[], b: readonly string[], name: Likeness, world: World): string | undefined {
  if (name.level < 0.85) return undefined;
  const local = (mail: string): string => mail.slice(0, mail.indexOf('@'));
  const own = (mail: string): boolean => local(mail).length > 3 && world.ofACompany(mail);
  return b.find((two) => own(two) && a.some((one) => own(one) && local(one) === local(two)));
}

/** Two addresses of one shape in one domain that differ belong to two people (`jan.nowak@`, `jan.nowak2@`). */
function otherAddress(a: readonly string[], b: readonly string[]): string | undefined {
  for (const one of a) {
    for (const two of b) {
      const stem = (mail: string): string => mail.replace(/\d*@.*$/, '');
      const domain = (mail: string): string => mail.slice(mail.indexOf('@'));
      if (domain(one) === domain(two) && stem(one) === stem(two) && one !== two)
        return `addresses differ (${one}, ${two})`;
    }
  }
  return undefined;
}

/** Weighs two rows. What decides is how many facts agree on their own: number, mail, telephone, name. */
export function weigh(a: Account, b: Account, world: World): Evidence {
  const found = facts(a, b, world);
  const { number, mail, phone, name, against, doubts, department } = found;
  const reasons: string[] = [];
  if (number !== undefined) reasons.push(`same employee number ${number}`);
  if (mail !== undefined) reasons.push(`same address ${mail}`);
  if (phone !== undefined) reasons.push(`same telephone ${phone}`);
  if (name.level >= 0.4) reasons.push(name.reason);
  const hard = Number(number !== undefined) + Number(mail !== undefined) + Number(phone !== undefined);
  const score = Math.min(
    0.99,
    0.55 * name.level + 0.3 * Math.min(hard, 2) * 0.75 - 0.2 * against.length + (department === true ? 0.03 : 0),
  );
  const told = (decision: Evidence['decision'], more: readonly string[] = []): Evidence => ({
    decision,
    score: Math.max(
      0.01,
      Math.round((decision === 'auto' ? Math.max(score, 0.8) : Math.min(score, 0.79)) * 1000) / 1000,
    ),
    reasons: [...reasons, ...more, ...against],
    proved: number !== undefined || mail !== undefined,
    clear: name.level >= 0.93 && doubts.length === 0 && against.length === 0,
  });
  if (hard === 0) return byName(a, b, found, world, told);
  if (against.length > 0) {
    if (hard >= 2 && name.level >= 0.65) return told('auto');
    return name.level >= 0.85 || hard >= 2 ? told('review') : nothing;
  }
  const recycled =
    number === undefined &&
    phone === undefined &&
    doubts.includes('departments differ') &&
    doubts.includes('telephones differ');
  if (recycled && name.level >= 0.65) return told('review', doubts);
  if (name.level >= 0.65) return told('auto');
  if (hard >= 2) return told(name.level >= 0.4 ? 'auto' : 'review');
  return name.level >= 0.4 ? told('review') : nothing;
}

/** A name alone: one owner in each list, and rare enough that chance would hardly make a second. */
function byName(
  a: Account,
  b: Account,
  { name, against, doubts, department }: Facts,
  world: World,
  told: (decision: Evidence['decision'], more?: readonly string[]) => Evidence,
): Evidence {
  if (name.level < 0.72 || against.length > 0) return nothing;
  const [one, two] = [a.names[0], b.names[0]];
  if (one === undefined || two === undefined) return nothing;
  const owners = Math.max(world.owners(one), world.owners(two));
  const expected = Math.min(world.expected(one), world.expected(two));
  const rare = expected <= (department === true ? 0.2 : 0.01);
  if (owners <= 1 && name.level >= 0.93 && doubts.length === 0 && rare)
    return told('auto', [
      department === true ? 'one owner of this name, same department' : 'one owner of this rare name',
    ]);
  const apart = doubts.includes('departments differ');
  if (doubts.length > 1 || (doubts.length === 1 && (name.level < 0.93 || (owners > 1 && apart)))) return nothing;
  const many = owners > 1 ? `${owners} people of this name` : 'the name alone agrees';
  return owners <= 3 ? told('review', [department === true ? `${many}, same department` : many, ...doubts]) : nothing;
}
