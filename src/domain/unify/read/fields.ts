/** Digits of an employee number without leading zeros and spreadsheet's `.0`; letters are kept, in small. */
export function plainNumber(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^(\d+)\.0+$/, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const plain = bare.replace(/^0+/, '');
  return plain === '' || /^9+$/.test(plain) ? undefined : plain;
}

/** Small letters, without `+tag` and without what a test copy of Salesforce appends. */
export function plainMail(text: string): string | undefined {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/\.invalid$/, '');
  const [local = '', domain] = bare.split('@');
  if (domain === undefined || local === '' || domain === '') return undefined;
  return `${local.replace(/\+.*$/, '')}@${domain}`;
}

/** The digits of a telephone number without 00 or +; undefined when there are too few to tell a person by. */
export function plainPhone(text: string): string | undefined {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '');
  return digits.length < 7 ? undefined : digits;
}

/** What stands before the @ of a login, without a test copy's ending. */
export function plainLogin(text: string): string {
  return (text.trim().toLowerCase().split(/[@\\]/)[text.includes('\\') ? 1 : 0] ?? '').trim();
}

/** An employee number that stands in a login (`U147875`, `ext126428`). */
export function numberInLogin(login: string): string | undefined {
  return /^(?:adm[_-]?)?[a-z]{0,4}[_-]?(\d{5,9})$/.exec(login)?.[1]?.replace(/^0+/, '');
}

const departments = [
  'sales vertrieb verkauf sprzedaz handel 销售 销售部',
  'marketing 市场 市场部 市场营销部',
  'finance accounting finanzen buchhaltung finanse ksiegowosc 财务 财务部',
  'purchasing procurement einkauf zakupy zaopatrzenie 采购 采购部',
  'production manufacturing produktion fertigung produkcja 生产 生产部',
  'logistics warehouse logistik lager logistyka magazyn 物流 物流部 仓库',
  'customerservice customercare service support kundendienst kundenservice obslugaklienta 客服 客服部',
  'it itservices edv informatik informatyka 信息部 信息技术部',
  'management geschaftsfuhrung zarzad 管理层 管理部',
].map((line) => line.split(' '));

/** One word for a department in four languages, or its own text in small letters. */
export function plainDepartment(text: string): string | undefined {
  const bare = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ł/g, 'l')
    .replace(/[^\p{L}]/gu, '');
  if (bare === '') return undefined;
  return departments.find((words) => words.includes(bare))?.[0];
}

/** The department that a shared mailbox names with its first word (`finance.team@`). */
export function departmentOfMail(mail: string): string | undefined {
  return plainDepartment(/^\p{L}+/u.exec(mail)?.[0] ?? '');
}
