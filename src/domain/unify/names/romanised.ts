/** Pinyin syllables by initial; with these the older and southern spellings are made. */
const finals: Readonly<Record<string, string>> = {
  '': 'a ai an ang ao e en er ou wa wai wan wang wei wen weng wo wu ya yan yang yao ye yi yin ying yong you yu yuan yue yun',
  b: 'a ai an ang ao ei en eng i ian iao ie in ing o u',
  p: 'a ai an ang ao ei en eng i ian iao ie in ing o ou u',
  m: 'a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u',
  f: 'a an ang ei en eng o ou u',
  d: 'a ai an ang ao e ei eng i ian iao ie ing iu ong ou u uan ui un uo',
  t: 'a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo',
  n: 'a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong u uan uo ue',
  l: 'a ai an ang ao e ei eng i ian iang iao ie in ing iu ong ou u uan un uo ue',
  g: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  k: 'a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo',
  h: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  j: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  q: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  x: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  zh: 'a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo',
  ch: 'a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo',
  sh: 'a ai an ang ao e en eng i ou u ua uai uan uang ui un uo',
  r: 'an ang ao e en eng i ong ou u uan ui un uo',
  z: 'a ai an ang ao e ei en eng i ong ou u uan ui un uo',
  c: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  s: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
};
const wade: Readonly<Record<string, string>> = {
  b: 'p',
  d: 't',
  g: 'k',
  j: 'ch',
  q: 'ch',
  x: 'hs',
  zh: 'ch',
  r: 'j',
  z: 'ts',
  c: 'ts',
};

/** Cantonese family names and common given syllables, as Hong Kong writes them. */
const cantonese =
  'wong:wang,huang chan:chen cheung:zhang lee:li leung:liang ng:wu lam:lin ho:he kwok:guo chow:zhou tsang:zeng yip:ye tang:deng ' +
  'fung:feng,feng mak:mai lau:liu chu:zhu hui:xu tse:xie yeung:yang so:su lo:luo,lu luk:lu poon:pan choi:cai kwan:guan,jun suen:sun ' +
  'tam:tan siu:xiao,shao yuen:yuan,ruan mok:mo au:ou tong:tang kong:jiang chiu:zhao law:luo fong:fang chung:zhong,cong cheng:zheng ' +
  'hung:hong,xiong yau:qiu,you kam:jin,gan tsui:xu,cui wan:yin,wen,yun lui:lei,lu shek:shi ting:ding hau:hou mui:mei tai:dai ' +
  'wai:wei,hui kit:jie ming:ming wing:yong,rong ka:jia chi:zhi,zi yan:ren,en,xin yin:yan kin:jian hoi:hai lai:li man:wen,min ' +
  'ching:qing,zheng sau:xiu ling:ling mei:mei fai:hui keung:qiang kuen:quan shan:shan wah:hua kei:qi,ji pui:pei,bei hing:xing ' +
  'yuk:yu hang:heng chun:jun,zhen lok:le,luo tak:de yee:yi lap:li shing:cheng,sheng po:bao kwong:guang fat:fa tung:dong sum:shen,xin ' +
  'kai:jia,qi yu:yu,ru pang:peng cho:cao kan:jian,jin to:du,tao tin:tian yiu:yao ngan:yan lung:long ma:ma shum:cen,shen';

function wadeGiles(initial: string, final: string): string {
  const whole = initial + final;
  const special: Readonly<Record<string, string>> = {
    zhi: 'chih',
    chi: 'chih',
    shi: 'shih',
    ri: 'jih',
    zi: 'tzu',
    ci: 'tzu',
    si: 'szu',
    yan: 'yen',
    you: 'yu',
    ye: 'yeh',
    yue: 'yueh',
    er: 'erh',
    guo: 'kuo',
    he: 'ho',
    ke: 'ko',
    ge: 'ko',
    e: 'o',
  };
  if (special[whole] !== undefined) return special[whole];
  const tail = final
    .replace(/^ong$/, 'ung')
    .replace(/ian$/, 'ien')
    .replace(/(i|u)e$/, '$1eh')
    .replace(/^uo$/, 'o');
  return (wade[initial] ?? initial) + tail.replace(/^iong$/, 'iung').replace(/^yong$/, 'yung');
}

const syllables = new Set<string>();
const elsewhere = new Map<string, Set<string>>();
const note = (spelling: string, syllable: string): void => {
  const known = elsewhere.get(spelling);
  if (known === undefined) elsewhere.set(spelling, new Set([syllable]));
  else known.add(syllable);
};
for (const [initial, list] of Object.entries(finals)) {
  for (const final of list.split(' ')) {
    syllables.add(initial + final);
    note(wadeGiles(initial, final), initial + final);
  }
}
for (const entry of cantonese.split(' ')) {
  const [spelling = '', list = ''] = entry.split(':');
  for (const syllable of list.split(',')) note(spelling, syllable);
}

/** Whether a Latin text is made of pinyin syllables alone. */
export function isPinyin(text: string): boolean {
  if (text === '') return true;
  for (let length = Math.min(6, text.length); length > 0; length--) {
    if (syllables.has(text.slice(0, length)) && isPinyin(text.slice(length))) return true;
  }
  return false;
}

/**
 * Pinyin that a Wade-Giles or Cantonese spelling may stand for, syllable by syllable: `tsai` -> `cai`, `siu-ming` ->
 * `xiaoming`, ... At most twelve; none when a part of the text is no known syllable.
 */
export function pinyinFromElsewhere(text: string): string[] {
  const found = new Set<string>();
  const walk = (rest: string, made: string, parts: number): void => {
    if (found.size >= 12) return;
    if (rest === '') {
      if (made !== text) found.add(made);
      return;
    }
    if (parts === 3) return;
    for (let length = Math.min(6, rest.length); length > 0; length--) {
      const head = rest.slice(0, length);
      const spellings = new Set(elsewhere.get(head) ?? []);
      if (syllables.has(head)) spellings.add(head);
      for (const syllable of spellings) walk(rest.slice(length), made + syllable, parts + 1);
    }
  };
  if (text.length <= 18) walk(text, '', 0);
  return [...found];
}
