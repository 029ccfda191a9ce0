import type { Random } from './random.ts';

/** How one company does things; each seed has its own. Shares are of 1. */
export interface Habits {
  readonly nations: readonly string[];
  readonly domain: string;
  readonly otherDomain: string;
  readonly crmLogin: LoginStyle;
  readonly erpLogin: LoginStyle;
  readonly mail: MailStyle;
  readonly erpName: 'given family' | 'family given' | 'FAMILY, given' | 'mixed';
  /** Names in the ERP without diacritics and in Latin letters. */
  readonly erpLatin: number;
  readonly crmLatin: number;
  readonly nickname: number;
  readonly crmNumber: number;
  readonly erpNumber: number;
  readonly crmNumberShape: NumberShape;
  readonly erpNumberShape: NumberShape;
  readonly erpMail: number;
  readonly sharedMail: number;
  readonly crmPhone: number;
  readonly erpPhone: number;
  readonly slips: number;
  readonly married: number;
  readonly swapped: number;
  readonly doubles: number;
  readonly technical: number;
  readonly wrongNumber: number;
  readonly recycled: number;
  readonly firstNumber: number;
}

export const loginStyles = ['f.last', 'lastf', 'flast', 'first.last', 'last', 'number', 'LAST8', 'last_first'] as const;
export type LoginStyle = (typeof loginStyles)[number];
const mailStyles = ['first.last', 'f.last', 'last.first', 'firstlast', 'first_last', 'flast'] as const;
export type MailStyle = (typeof mailStyles)[number];
const numberShapes = ['plain', 'padded', 'prefixed', 'dashed', 'point'] as const;
export type NumberShape = (typeof numberShapes)[number];

/** @param share lowest and highest */
function between(random: Random, low: number, high: number): number {
  return low + random.next() * (high - low);
}

export function habitsOf(random: Random, all: readonly string[]): Habits {
  const nations = all.filter(() => random.chance(0.5));
  const name = random.pick(['polaris', 'weizhan', 'nordwerk', 'altamira', 'brightwater', 'zenith']);
  return {
    nations: nations.length < 3 ? all.slice(0, 5) : nations,
    domain: `${name}.example`,
    otherDomain: `${name}-${random.pick(['group', 'asia', 'eu'])}.example`,
    crmLogin: random.pick(loginStyles),
    erpLogin: random.pick(loginStyles),
    mail: random.pick(mailStyles),
    erpName: random.pick(['given family', 'family given', 'FAMILY, given', 'mixed']),
    erpLatin: between(random, 0.1, 1),
    crmLatin: between(random, 0.1, 0.8),
    nickname: between(random, 0.02, 0.2),
    crmNumber: between(random, 0.35, 0.8),
    erpNumber: between(random, 0.5, 0.95),
    crmNumberShape: random.pick(numberShapes),
    erpNumberShape: random.pick(numberShapes),
    erpMail: between(random, 0.35, 0.85),
    sharedMail: between(random, 0.02, 0.15),
    crmPhone: between(random, 0.1, 0.6),
    erpPhone: between(random, 0.1, 0.5),
    slips: between(random, 0.005, 0.03),
    married: between(random, 0, 0.015),
    swapped: between(random, 0, 0.03),
    doubles: between(random, 0, 0.02),
    technical: between(random, 0.01, 0.04),
    wrongNumber: between(random, 0, 0.006),
    recycled: between(random, 0, 0.006),
    firstNumber: random.pick([1000, 20_000, 300_000, 7_000_000]),
  };
}
