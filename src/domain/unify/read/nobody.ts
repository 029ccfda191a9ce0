import { isDepartmentWord } from './fields.ts';

/** Words that name a machine, a place or a group, not somebody. Each has to stand alone. */
const nobody = new RegExp(
  '(^|[^\\p{L}])(tests?|tester|testing|testuser|test\\d+|training|schulung|szkolenie|demo|dummy|batch|interface|integration|automated|system|workflow|' +
    'terminal|kiosk|scanner|shared|guest user|site guest|emergency|firefighter|notfall|auditor|robot|rpa|api|service ?account|' +
    'showroom|reception|team ?\\d*|queue|mailbox|warehouse|data dictionary|extraction|solution manager|web ?shop|' +
    'noreply|no-reply|postmaster|admin account|administrator|monitoring|backup|migration|connector|' +
    'schnittstelle|kasse|empfang|sekretariat|drucker|printer|print server|server|leitstand|pforte|schicht|gast|gastbenutzer|sammelkonto|' +
    'szkoleniowy|skaner|recepcja|magazyn|hala|kasa|ochrona|wspolny|wspólny|konto techniczne|integracja|interfejs|drukarka|' +
    'formation|essai|accueil|partagé|imprimante|prueba|pruebas|recepción|almacén|caja|compartido|web ?service|daemon|scheduler|' +
    'sync|replication|import|export|etl|crm|erp|sap|salesforce|odoo|webhook|default user|dummy user|generic|helpdesk|service desk)($|[^\\p{L}])',
  'iu',
);
const nobodyHan = /测试|培训|共享|接口|系统|终端|公共|服务器|机器人|管理员|扫描|前台|收银|值班|仓库|打印|访客/u;
const technicalLogin =
  /^(test|train|demo|batch|rfc|svc|srv|term|kiosk|api|bot|wf|edi|guest|shared|sys|tech|schulung|szkolenie|ceshi|peixun|integration|interface|service|robot|webshop)([_.-]|\d|$)|^test\.|^(sap\*|ddic|sapcpic|tmsadm|earlywatch|root|admin|administrator|system|odoobot|public|__.*)$|[_-](rfc|batch|svc|test|api)$/i;
const technicalKind =
  /^(system|service|communications?|reference|technical|[bslc]|non-?interactive|integration|portal guest)$/i;

/** Mailboxes of departments and roles; a person's address does not begin so. */
const roleWords = new Set(
  (
    'sales marketing finance accounting purchasing procurement production logistics warehouse service services support it hr info office ' +
    'kontakt contact team noreply no-reply donotreply admin helpdesk mail post billing orders order invoice invoices shipping ' +
    'vertrieb einkauf buchhaltung personal lager biuro sekretariat sprzedaz zakupy ksiegowosc magazyn reception customer care ' +
    'serwis recepcja obsluga empfang zentrale sekretariat kundendienst kundenservice ventes ventas compras contabilidad achats comptabilite ' +
    'accueil almacen logistica logistique logistyka informatyka informatik edv kadry finanse handel zarzad xiaoshou caiwu caigou wuliu kefu ' +
    'renshi shichang shengchan jishu xinxi cangku bangong qiantai personal buro buero office biuro ' +
    'customerservice jobs press legal management shared group all staff hello inbox group quality qa engineering rd export import'
  ).split(' '),
);

/** Whether an address is a department's or nobody's: each of its words is a role, a country or a number. */
export function isRoleMail(mail: string): boolean {
  const words = mail
    .slice(0, mail.indexOf('@'))
    .split(/[._\-\d]+/)
    .filter((word) => word !== '');
  const isRole = (word: string): boolean => roleWords.has(word) || isDepartmentWord(word);
  const roles = words.filter(isRole).length;
  return words.length === 0 || (roles > 0 && words.every((word) => isRole(word) || word.length <= 3));
}

/** Why the row is nobody's account, or undefined when it may be a person's. */
export function whyNobody(row: {
  login: string;
  name: string;
  kind: string;
  mail: string;
  /** An employee number or an own address stands in the row. */
  known?: boolean;
}): string | undefined {
  if (technicalKind.test(row.kind.trim())) return `user type ${row.kind.trim()}`;
  if (/\+test|\+qa|\+demo/i.test(row.mail)) return 'a test address';
  const bare = row.name.replace(/\(.*?\)/g, ' ').trim();
  if (nobody.test(bare) || nobodyHan.test(bare)) return 'the name is a machine, a place or a group';
  if (/\d/.test(bare) && row.known !== true) return 'the name holds a digit, and nothing tells a person';
  if (technicalLogin.test(row.login)) return 'the login is a technical one';
  if (bare === '' && isRoleMail(row.mail)) return 'a shared mailbox without a name';
  return undefined;
}

/** A second account of a person with more rights. */
export function isSecondAccount(login: string, name: string): boolean {
  return /^(adm|admin|priv|a)[_-]|[_-]adm\d*$/i.test(login) || /[([]\s*admin\w*\s*[)\]]/i.test(name);
}

/** Whether a row marks its person as an external: `X_…`, `EXT…`, `(ext)`, `- external`, `[Name of a firm]`. */
export function isExternal(login: string, name: string): boolean {
  return /^(x_|ext[_-]?\d|ext[_-]|c_)/i.test(login) || /\(ext(ern(al)?)?\.?\)|\bexternal\b|\[[^\]]+/i.test(name);
}
