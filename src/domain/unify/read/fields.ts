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

/** The number as it is and, where letters stand before it (`E154597`), without them. */
export function numberForms(text: string): string[] {
  const plain = plainNumber(text);
  if (plain === undefined) return [];
  const digits = /^\p{L}{1,4}0*(\d{4,})$/u.exec(plain)?.[1];
  return digits === undefined ? [plain] : [plain, digits];
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
  'sales vertrieb verkauf sprzedaz handel handlowy dzialhandlowy dzialsprzedazy ventes ventas comercial vendas xiaoshou xiaoshoubu yewu 销售 销售部 业务部 銷售部',
  'marketing werbung promocja shichang shichangbu 市场 市场部 市场营销部 行銷部',
  'finance accounting accountsreceivable accountspayable controlling finanzen finanzbuchhaltung buchhaltung rechnungswesen finanse ksiegowosc finances comptabilite contabilidad finanzas caiwu caiwubu 财务 财务部 會計部',
  'purchasing procurement sourcing einkauf beschaffung zakupy zaopatrzenie achats compras caigou caigoubu 采购 采购部 採購部',
  'production manufacturing produktion fertigung produkcja produccion fabricacion shengchan shengchanbu 生产 生产部 製造部',
  'logistics warehouse shipping logistik lager versand logistyka magazyn logistique entrepot logistica almacen wuliu wuliubu cangku 物流 物流部 仓库',
  'customerservice customercare service support kundendienst kundenservice kundenbetreuung obslugaklienta serwis serviceclient atencionalcliente kefu kefubu 客服 客服部 客户服务部',
  'it itservices itsupport ict edv informatik informatyka dzialit informatique informatica xinxi xinxibu jishu jishubu 信息部 信息技术部 技术部 資訊部',
  'management board geschaftsfuhrung geschaeftsfuehrung zarzad direction direccion gerencia guanli 管理层 管理部',
  'hr humanresources people personal personalabteilung kadry kadryiplace ressourceshumaines rrhh renshi renshibu renli 人事 人事部 人力资源部',
  'quality qualitat qualitatssicherung jakosc qualite calidad zhiliang zhijian 质量部 质检部',
  'legal recht rechtsabteilung prawny juridique juridico fawu 法务部',
].map((line) => line.split(' '));

/** Whether a word names a department in one of the languages known here. */
export function isDepartmentWord(word: string): boolean {
  return departments.some((words) => words.includes(word));
}

/** One word for a department in several languages, or undefined when it is none of them. */
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
