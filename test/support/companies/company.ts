import { type Habits, habitsOf, type LoginStyle, type NumberShape } from './habits.ts';
import { type MadeName, nations } from './nations.ts';
import { type Random, randomOf } from './random.ts';

/** Two exports, a directory, and who is who. */
export interface MadeCompany {
  readonly crm: string;
  readonly erp: string;
  readonly directory: string;
  readonly truth: readonly {
    readonly number: string;
    readonly crm: readonly string[];
    readonly erp: readonly string[];
  }[];
  readonly habits: Habits;
}

interface Employee {
  readonly name: MadeName;
  readonly latin: readonly [string, string];
  readonly number: number;
  readonly mail: string;
  readonly phone: string;
  readonly department: readonly string[];
  readonly crm: string[];
  readonly erp: string[];
}

const departments: readonly (readonly string[])[] = [
  ['Sales', 'Vertrieb', 'Sprzedaż', '销售部'],
  ['Finance', 'Buchhaltung', 'Księgowość', '财务部'],
  ['Purchasing', 'Einkauf', 'Zakupy', '采购部'],
  ['Logistics', 'Logistik', 'Magazyn', '物流部'],
  ['Customer Service', 'Kundendienst', 'Obsługa klienta', '客服部'],
  ['IT', 'EDV', 'Informatyka', '信息部'],
];
const sharedBoxes = [
  ['sales', 'vertrieb', 'sprzedaz', 'xiaoshou'],
  ['finance', 'buchhaltung', 'ksiegowosc', 'caiwu'],
  ['purchasing', 'einkauf', 'zakupy', 'caigou'],
  ['logistics', 'lager', 'magazyn', 'wuliu'],
  ['support', 'kundendienst', 'serwis', 'kefu'],
  ['it', 'edv', 'informatyka', 'it.cn'],
];
const technical = [
  ['RFC_SALES', 'Interface Salesforce', 'System'],
  ['BATCH01', 'Batch processing', 'System'],
  ['SCHULUNG1', 'Schulung Raum 1', 'Dialog'],
  ['SZKOLENIE', 'Szkolenie Użytkownik', 'Dialog'],
  ['TEST_ANNA', 'Test Anna', 'Dialog'],
  ['KASSE2', 'Kasse 2', 'Dialog'],
  ['LAGER_TERM', 'Lager Terminal', 'Dialog'],
  ['API_ODOO', 'API Odoo', 'Service'],
  ['WEBSHOP', 'Webshop', 'Dialog'],
  ['MAGAZYN1', 'Magazyn Skaner 1', 'Dialog'],
  ['CESHI', '测试账号', 'Dialog'],
  ['PEIXUN', '培训用户', 'Dialog'],
  ['SEKRETARIAT', 'Sekretariat', 'Dialog'],
  ['EMPFANG', 'Empfang', 'Dialog'],
  ['PRINTER', 'Print Server', 'Dialog'],
];

const ascii = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ł/g, 'l')
    .replace(/đ/g, 'd')
    .replace(/ß/g, 'ss')
    .replace(/ı/g, 'i')
    .replace(/[^a-z ]/g, '');

/** Makes a company of so many people. The same seed makes the same one. */
export function makeCompany(size: number, seed: number): MadeCompany {
  const random = randomOf(seed);
  const habits = habitsOf(random, Object.keys(nations));
  const taken = new Set<string>();
  const unique = (text: string, domain = ''): string => {
    for (let count = 1; ; count++) {
      const made = `${text}${count === 1 ? '' : count}${domain}`;
      if (taken.has(made.toLowerCase())) continue;
      taken.add(made.toLowerCase());
      return made;
    }
  };
  const staff = Array.from({ length: size }, (_, at): Employee => {
    const nation = nations[random.pick(habits.nations)];
    if (nation === undefined) throw new Error('no such nation');
    const name = nation(random);
    const [latin = ['', ''] as const] = name.latin;
    const local = mailLocal(habits, ascii(latin[0]), ascii(latin[1]));
    return {
      name,
      latin,
      number: habits.firstNumber + at * 3 + random.below(3),
      mail: unique(local, `@${habits.domain}`),
      phone: `+${random.pick(['48', '49', '86', '44'])} ${100 + random.below(900)} ${1000 + random.below(9000)} ${10 + random.below(90)}`,
      department: random.pick(departments),
      crm: [],
      erp: [],
    };
  });
  const crm = ['Id,Username,Email,FirstName,LastName,Department,EmployeeNumber,Phone,IsActive'];
  const erp = ['User,Full Name,E-Mail,Department,Personnel No,Telephone,User Type'];
  const directory = ['email,name,givenName,familyName,department,employeeNumber,phone'];
  const [crmRows, erpRows]: [string[], string[]] = [[], []];
  for (const [at, person] of staff.entries()) {
    const inCrm = random.chance(0.55);
    const inErp = random.chance(inCrm ? 0.6 : 0.95);
    const other = staff[random.below(staff.length)] ?? person;
    if (inCrm) crmRows.push(...crmRowsOf(random, habits, person, other, unique, at));
    if (inErp) erpRows.push(...erpRowsOf(random, habits, person, other, unique));
    const { name } = person;
    if (random.chance(0.93))
      directory.push(
        line([
          person.mail,
          whole(name, name.given, name.family),
          name.given,
          name.family,
          person.department[0] ?? '',
          String(person.number),
          person.phone,
        ]),
      );
  }
  for (let count = Math.round(size * habits.technical); count > 0; count--) {
    const [login = '', name = '', kind = ''] = random.pick(technical);
    erpRows.push(line([unique(login), name, '', '', '', '', kind]));
  }
  const shuffle = (rows: string[]): string[] =>
    rows
      .map((row) => [random.next(), row] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, row]) => row);
  return {
    crm: [...crm, ...shuffle(crmRows)].join('\r\n'),
    erp: [...erp, ...shuffle(erpRows)].join('\r\n'),
    directory: directory.join('\r\n'),
    truth: staff.map((person) => ({ number: String(person.number), crm: person.crm, erp: person.erp })),
    habits,
  };
}

type Unique = (text: string, domain?: string) => string;

function crmRowsOf(
  random: Random,
  habits: Habits,
  person: Employee,
  other: Employee,
  unique: Unique,
  at: number,
): string[] {
  const { name } = person;
  const spelling = random.chance(habits.crmLatin) ? random.pick(name.latin) : ([name.given, name.family] as const);
  let [given, family] = spelling;
  const call = name.calls.length > 0 && random.chance(habits.nickname) ? random.pick(name.calls) : undefined;
  if (call !== undefined) [given, family] = [call, spelling[0] === name.given ? name.family : family];
  // Chinese colleagues with an English name write the rest in Latin letters too.
  if (call !== undefined && name.country === 'CN') family = person.latin[1];
  if (random.chance(habits.slips)) family = slip(random, family);
  if (random.chance(habits.swapped)) [given, family] = [family, given];
  const rows: string[] = [];
  for (const double of random.chance(habits.doubles) ? [false, true] : [false]) {
    const id = `005${String(at * 2 + Number(double)).padStart(9, '0')}`;
    person.crm.push(id);
    const login = loginOf(habits.crmLogin, person);
    const domain = `@${habits.domain}`;
    const mail = random.chance(0.9) ? person.mail : person.mail.replace(habits.domain, habits.otherDomain);
    const number = random.chance(habits.wrongNumber) ? other.number : person.number;
    rows.push(
      line([
        id,
        unique(`c_${login}`, domain).replace(/^c_/, ''),
        double ? '' : random.chance(habits.sharedMail) ? sharedBox(random, person, habits) : mail,
        given,
        family,
        random.chance(0.7) ? (person.department[0] ?? '') : '',
        double || random.chance(habits.crmNumber) ? shaped(number, habits.crmNumberShape) : '',
        random.chance(habits.crmPhone) ? person.phone : '',
        'true',
      ]),
    );
  }
  return rows;
}

function erpRowsOf(random: Random, habits: Habits, person: Employee, other: Employee, unique: Unique): string[] {
  const { name } = person;
  const spelling = random.chance(habits.erpLatin) ? random.pick(name.latin) : ([name.given, name.family] as const);
  let [given, family] = spelling;
  if (random.chance(habits.slips)) family = slip(random, family);
  if (random.chance(habits.married) && name.country !== 'CN') family = other.latin[1];
  if (name.country === 'ES' && random.chance(0.4)) family = family.split(' ')[0] ?? family;
  const order =
    habits.erpName === 'mixed' ? random.pick(['given family', 'family given', 'FAMILY, given']) : habits.erpName;
  const han = /\p{Script=Han}/u.test(family);
  const shown = han
    ? `${family}${given}`
    : order === 'given family'
      ? `${given} ${family}`
      : order === 'family given'
        ? `${family} ${given}`
        : `${family.toUpperCase()}, ${given}`;
  const rows: string[] = [];
  for (const double of random.chance(habits.doubles) ? [false, true] : [false]) {
    const login = loginOf(habits.erpLogin, person).toUpperCase();
    const user = unique(double ? `ADM_${login}` : login);
    person.erp.push(user);
    const mail = random.chance(habits.sharedMail)
      ? sharedBox(random, person, habits)
      : random.chance(habits.recycled)
        ? other.mail
        : person.mail;
    rows.push(
      line([
        user,
        double ? `${shown} (Admin)` : shown,
        random.chance(habits.erpMail) ? mail : '',
        random.chance(0.6) ? random.pick(person.department) : '',
        random.chance(habits.erpNumber) ? shaped(person.number, habits.erpNumberShape) : '',
        random.chance(habits.erpPhone)
          ? person.phone.replace('+', '00').replaceAll(' ', random.pick(['', '-', ' ']))
          : '',
        'Dialog',
      ]),
    );
  }
  return rows;
}

function mailLocal({ mail }: Habits, given: string, family: string): string {
  const [first, last] = [given.replaceAll(' ', ''), family.replaceAll(' ', '')];
  const made = {
    'first.last': `${first}.${last}`,
    'f.last': `${first.slice(0, 1)}.${last}`,
    'last.first': `${last}.${first}`,
    firstlast: first + last,
    first_last: `${first}_${last}`,
    flast: first.slice(0, 1) + last,
  };
  return made[mail];
}

function loginOf(style: LoginStyle, { latin, number }: Employee): string {
  const [first, last] = [ascii(latin[0]).replaceAll(' ', ''), ascii(latin[1]).replaceAll(' ', '')];
  const made = {
    'f.last': `${first.slice(0, 1)}.${last}`,
    lastf: last + first.slice(0, 1),
    flast: first.slice(0, 1) + last,
    'first.last': `${first}.${last}`,
    last,
    number: `u${number}`,
    LAST8: last.slice(0, 7) + first.slice(0, 1),
    last_first: `${last}_${first}`,
  };
  return made[style];
}

function shaped(number: number, shape: NumberShape): string {
  const made = {
    plain: String(number),
    padded: String(number).padStart(8, '0'),
    prefixed: `EMP${String(number).padStart(7, '0')}`,
    dashed: `HR-${number}`,
    point: `${number}.0`,
  };
  return made[shape];
}

function sharedBox(random: Random, { department }: Employee, { domain }: Habits): string {
  const boxes = sharedBoxes[departments.indexOf(department)] ?? ['info'];
  return `${random.pick(boxes)}@${domain}`;
}

function slip(random: Random, text: string): string {
  const at = 1 + random.below(Math.max(1, text.length - 2));
  if (/\p{Script=Han}/u.test(text) || text.length < 4) return text;
  const [a = '', b = ''] = [text[at], text[at + 1]];
  return random.pick([
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + a + text.slice(at),
    text.slice(0, at) + b + a + text.slice(at + 2),
  ]);
}

function whole({ familyFirst, country }: MadeName, given: string, family: string): string {
  if (country === 'CN') return `${family}${given}`;
  return familyFirst ? `${family} ${given}` : `${given} ${family}`;
}

function line(cells: readonly string[]): string {
  return cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
