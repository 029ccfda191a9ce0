/** A made-up firm for the matcher's tests and figures: its lists and who is who. No real people, nothing of the samples. */
export interface Firm {
  readonly crm: string;
  readonly erp: string;
  readonly directory: string;
  /** Id of a CRM row -> id of the ERP row of the same person. */
  readonly truth: ReadonlyMap<string, string>;
}

const latin = {
  given:
    'Aldona Bruno Celina Dominik Edyta Fabian Gabriela Hubert Igor Justyna Kamil Liliana Norbert Oskar Paulina Roman Sylwia Tymon Urszula Wiktor'.split(
      ' ',
    ),
  heads: 'Bor Cza Dem Fal Gaw Jab Kos Lip Mro Ogr Pie Rad Saw Tra Wil Zab Bej Cho Dra Grze'.split(' '),
  middles: 'a e o u i an en on ar er or ys al el ol'.split(' '),
  tails: 'bek cki dak gosz kot lak mski nek pacz rski sek tyra wicz zon żuk łek'.split(' '),
};
const chinese = {
  family: '李 王 何 周 徐 朱 郭 罗 梁 宋 唐 韩 曹 彭 萧 田 袁 潘 余 杜'.split(' '),
  given: '文 海 建 春 玉 美 志 新 天 宇 雅 佳 梦 思 家 子 明 亮 秋 月 云 飞 成 立 永'.split(' '),
};

/** A small generator of numbers, the same ones for a seed each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes `size` people, each with a row in both systems, numbers and addresses missing in turn. */
export function makeFirm(size: number, seed: number): Firm {
  const next = numbers(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? '';
  const crm = ['Id,Username,Email,FirstName,LastName,EmployeeNumber,Phone'];
  const erp = ['User,Full Name,E-Mail,Personnel No,Telephone'];
  const directory = ['email,name,givenName,familyName,employeeNumber'];
  const truth = new Map<string, string>();
  for (let at = 0; at < size; at++) {
    const han = next() < 0.3;
    const given = han ? pick(chinese.given) + pick(chinese.given) : pick(latin.given);
    const family = han ? pick(chinese.family) : pick(latin.heads) + pick(latin.middles) + pick(latin.tails);
    const [id, user, number] = [`C${at}`, `E${at}`, String(200_000 + at)];
    const mail = `p${at}.x@firm.example`;
    const [numbered, mailed] = [next() < 0.6, next() < 0.7];
    const whole = han ? family + given : next() < 0.5 ? `"${family.toUpperCase()}, ${given}"` : `${given} ${family}`;
    crm.push(`${id},${mail},${mail},${given},${family},${numbered ? number : ''},`);
    erp.push(`${user},${whole},${mailed ? mail.toUpperCase() : ''},${numbered ? `00${number}` : ''},`);
    directory.push(`${mail},${han ? family + given : `${given} ${family}`},${given},${family},${number}`);
    truth.set(id, user);
  }
  return { crm: crm.join('\r\n'), erp: erp.join('\r\n'), directory: directory.join('\r\n'), truth };
}
