/** What a column of a user export can mean to the matcher, and to the account that is made of it. */
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
  'title',
  'country',
  'kind',
  'active',
  'locked',
  'validTo',
] as const;
export type Meaning = (typeof meanings)[number];

/** The names of the hub's own people CSV, which are met here as well. */
const otherWords: Readonly<Record<string, Meaning>> = {
  email: 'mail',
  username: 'login',
  givenname: 'given',
  firstname: 'given',
  familyname: 'family',
  lastname: 'family',
  employeenumber: 'number',
  jobtitle: 'title',
  status: 'active',
};

/** The meaning that a word stands for, in any case: `email`, `employeeNumber`, `validTo`. */
export function meaningNamed(word: string): Meaning | undefined {
  const small = word.toLowerCase();
  return otherWords[small] ?? meanings.find((meaning) => meaning.toLowerCase() === small);
}

/** Column index of each meaning that was found. */
export type Columns = { readonly [meaning in Meaning]?: number };

/** Meanings told by hand: the title of the column, or an empty text for "no column". */
export type ColumnMap = { readonly [meaning in Meaning]?: string };

/**
 * Titles by meaning, the surest first: Salesforce (fields and report labels), Dynamics 365, Odoo, Dolibarr, ERPNext, SAP
 * tables and lists, the hub's people CSV, and plain English, German, Polish, French, Spanish and Chinese. Compared in small
 * letters without spaces and punctuation.
 */
const titles: { readonly [meaning in Meaning]: string } = {
  id: 'id userid systemuserid donotmodifyuser user benutzer benutzerid benutzername username login externalid recordid rowid ref kennung bname uname uzytkownik iduzytkownika identyfikator identifiant usuario 用户 用户id 用户名 账号 帐号 帳號 编号 編號 userlogin loginname accountname samaccountname email employeenumber',
  login:
    'username user login userlogin loginname loginid userprincipalname upn samaccountname accountname account useralias bname uname benutzer benutzername anmeldename domainname uzytkownik nazwauzytkownika loginerp identifiant usuario 用户名 登录名 登錄名 登入名 账号 帐号 帳號 用户',
  mail: 'email emailaddress mail mailaddress internalemailaddress primaryemail workemail businessemail smtpaddr smtpaddress emailadresse mailadresse adresemail adresmail smtp partneridemail relatedpartneremail courriel correo correoelectronico 邮箱 邮箱地址 电子邮箱 电子邮件 電子郵件 邮件',
  given: 'firstname givenname given forename vorname imie prenom nombre namefirst first contactgivenname 名 名字',
  family:
    'lastname familyname surname family sn nachname familienname zuname nazwisko nom apellidos apellido namelast last 姓 姓氏',
  name: 'fullname name displayname completename employeename username1 nametext namtext vollstandigername vollername anzeigename imieinazwisko nazwiskoimie nazwiskoiimie nomcomplet nombrecompleto partneridname relatedpartner 姓名 全名 名称 显示名 顯示名稱',
  number:
    'employeenumber employeeid employeeno employeecode employee personnelno personnelnumber personnelid persno pernr empno empid empcode staffid staffno staffnumber workerid hrid badgeid barcode payrollnumber personalnummer personalnr persnr mitarbeiternummer mitarbeiternr numerpracownika nrpracownika numerkadrowy numerewidencyjny nrewidencyjny nrewid matricule numeroempleado registrationnumber refemployee federationidentifier federationid 工号 員工編號 员工编号 员工号 员工工号 人员编号 职工号 人事编号',
  phone:
    'phone telephone phonenumber telephonenumber mobile mobilephone mobileno mobilenumber workphone telnumber tel officephone businessphone mainphone phonepro phonemobile address1telephone1 telefon telefonnummer telefonnr komorka telefonkomorkowy portable telefono 电话 手机 手机号 電話 手機 联系电话',
  department:
    'department dept departmentname businessunit businessunitid abteilung dzial jednostka orgunit departement service departamento 部门 部門 所属部门',
  title: 'jobtitle title position function funktion stellenbezeichnung stanowisko poste puesto 职位 職稱 岗位 职务',
  country: 'country countrycode land kraj pays pais 国家 國家',
  kind: 'usertype type usertypename benutzertyp accesstype accesmode accessmode userlicensetype ustyp typuzytkownika profileuserlicensename 用户类型 用户類型',
  active:
    'isactive active aktiv aktywny actif activo enabled status employeestatus employmentstatus statut etat state stan 状态 狀態 启用 是否启用',
  locked: 'lock locked islocked uflag isdisabled disabled inactive gesperrt sperre zablokowany blokada 锁定 停用',
  validTo:
    'validto gltgb gueltigbis gultigbis enddate expirationdate expirydate accountexpires datavalid dateendvalidity waznydo datawygasniecia leavedate terminationdate austrittsdatum 有效期至 离职日期',
};

function key(title: string): string {
  return title
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/ł/g, 'l')
    .replace(/ß/g, 'ss')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const known = new Set(Object.values(titles).flatMap((words) => words.split(' ')));

/** Whether a heading's cell is the title of some column that is known. */
export function isTitle(cell: string): boolean {
  return known.has(key(cell));
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
  // `Name, Vorname` and `Nom, Prénom`: the one is then the family name.
  if (found.given !== undefined && found.family === undefined && found.name !== undefined) {
    found.family = found.name;
    delete found.name;
  }
  return found;
}

/** The guess with what was told by hand over it. A title is met exactly, then without regard to case and punctuation. */
export function chooseColumns(
  heading: readonly string[],
  map: ColumnMap,
): { readonly columns: Columns; readonly faults: readonly string[] } {
  const columns: { [meaning in Meaning]?: number } = { ...guessColumns(heading) };
  const faults: string[] = [];
  for (const meaning of meanings) {
    const title = map[meaning];
    if (title === undefined) continue;
    const exact = heading.indexOf(title);
    const at = exact >= 0 ? exact : heading.findIndex((cell) => key(cell) === key(title));
    if (title === '') delete columns[meaning];
    else if (at >= 0) columns[meaning] = at;
    else faults.push(`${meaning} is mapped to "${title}", which is no column here; there are: ${heading.join(', ')}`);
  }
  return { columns, faults };
}
