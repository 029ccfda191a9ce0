/** What a column of a user export can mean to the matcher. */
export const meanings = [
  'id',
  'login',
  'mail',
  'given',
  'family',
  'name',
  'number',
  'phone',
  'department',
  'kind',
  'active',
  'locked',
  'validTo',
] as const;
export type Meaning = (typeof meanings)[number];

/** Column index of each meaning that was found. */
export type Columns = { readonly [meaning in Meaning]?: number };

/**
 * Titles by meaning, the surest first: Salesforce, Dynamics 365, Odoo, Dolibarr, SAP lists, the hub's people CSV, and plain
 * English, German, Polish and Chinese. Compared in small letters without spaces and punctuation.
 */
const titles: { readonly [meaning in Meaning]: string } = {
  id: 'id userid systemuserid user benutzer benutzername username login externalid rowid ref bname uzytkownik 用户 用户名 账号 编号 email employeenumber',
  login:
    'username user login loginname bname benutzer benutzername domainname uzytkownik loginerp 用户名 登录名 账号 用户',
  mail: 'email emailaddress mail internalemailaddress primaryemail workemail smtpaddr emailadresse adresemail smtp 邮箱 电子邮件 邮件',
  given: 'firstname givenname vorname imie prenom namefirst first 名 名字',
  family: 'lastname familyname surname sn nachname familienname nazwisko nom namelast last 姓 姓氏',
  name: 'fullname name displayname completename nametext namtext vollstandigername anzeigename imieinazwisko 姓名 全名 名称',
  number:
    'employeenumber employeeid personnelno personnelnumber persno pernr employeeno staffid staffnumber personalnummer persnr numerpracownika nrpracownika registrationnumber refemployee federationidentifier 工号 员工编号 员工号 人员编号',
  phone:
    'phone telephone mobile mobilephone workphone telnumber officephone businessphone mainphone address1telephone1 telefon telefonnummer 电话 手机',
  department: 'department dept businessunit abteilung dzial orgunit 部门',
  kind: 'usertype type benutzertyp accesstype userlicensetype ustyp typuzytkownika 用户类型',
  active: 'isactive active aktiv aktywny enabled status statut 状态 启用',
  locked: 'lock locked uflag isdisabled disabled gesperrt zablokowany 锁定',
  validTo: 'validto gltgb gueltigbis gultigbis expirationdate datavalid waznydo 有效期至',
};

function key(title: string): string {
  return title
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ł/g, 'l')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Guesses the columns from the heading. A title may serve as id and login at once, otherwise each column means one thing. */
export function guessColumns(heading: readonly string[]): Columns {
  const keys = heading.map(key);
  const found: { [meaning in Meaning]?: number } = {};
  const taken = new Set<number>();
  for (const meaning of meanings) {
    for (const title of titles[meaning].split(' ')) {
      const at = keys.indexOf(title);
      if (at < 0 || (meaning !== 'id' && meaning !== 'login' && meaning !== 'mail' && taken.has(at))) continue;
      found[meaning] = at;
      if (meaning !== 'id') taken.add(at);
      break;
    }
  }
  return found;
}
