import { pinyin } from 'pinyin-pro';

/** Characters that the two ways of writing Chinese know differently and that names use much: traditional, simplified. */
const pairs =
  '張张陳陈劉刘黃黄吳吴楊杨趙赵孫孙馬马葉叶鄭郑謝谢許许鄧邓馮冯蕭萧呂吕盧卢蔣蒋賈贾韋韦鄒邹閻阎龍龙萬万錢钱湯汤賀贺顧顾龔龚範范魯鲁' +
  '曉晓華华國国偉伟強强麗丽靜静傑杰榮荣輝辉紅红蘭兰鳳凤寶宝貴贵軍军東东蓮莲藝艺衛卫慶庆雲云詩诗穎颖瑩莹嬌娇嫻娴憶忆語语澤泽濤涛' +
  '潔洁瓊琼勝胜發发學学習习歐欧陽阳馬马許许莊庄嚴严蘇苏喬乔齊齐駱骆譚谭鐘钟鍾钟倪倪單单項项費费龐庞羅罗葉叶';
const simplified = new Map(
  pairs.match(/../gu)?.map((pair): [string, string] => [[...pair][0] ?? '', [...pair][1] ?? '']),
);

const doubled = new Set(
  '欧阳 司马 上官 诸葛 夏侯 司徒 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 东方 南宫 独孤 端木 西门 轩辕'.split(' '),
);

/** The name in simplified characters, or undefined when it is not Chinese script. */
export function hanOf(text: string): string | undefined {
  const bare = text.replace(/[\s·,，]/g, '');
  if (bare === '' || !/^\p{Script=Han}+$/u.test(bare)) return undefined;
  return [...bare].map((character) => simplified.get(character) ?? character).join('');
}

/** Splits a full Chinese name into family and given name. */
export function splitHan(name: string): { family: string; given: string } {
  const length = [...name].length > 2 && doubled.has([...name].slice(0, 2).join('')) ? 2 : 1;
  return { family: [...name].slice(0, length).join(''), given: [...name].slice(length).join('') };
}

const known = new Map<string, readonly string[]>();

/** How a character may be read, without tones; the likeliest first. `lü` is written `lu`. */
function readings(character: string): readonly string[] {
  let found = known.get(character);
  if (found === undefined) {
    const all = pinyin(character, { toneType: 'none', type: 'array', multiple: true, v: true });
    const usual = pinyin(character, { toneType: 'none', type: 'array', v: true });
    found = [...new Set([...usual, ...all].map((reading) => reading.replaceAll('v', 'u')))].slice(0, 3);
    known.set(character, found);
  }
  return found;
}

const surnames = new Map<string, string>();

/** Joined pinyin readings, at most six, the likeliest first. Family names are read as family names (`仇` is Qiu). */
export function pinyinOf(text: string, part: 'family' | 'given'): string[] {
  let joined: string[] = [''];
  for (const character of text) {
    joined = joined.flatMap((head) => readings(character).map((reading) => head + reading)).slice(0, 6);
  }
  if (part === 'given') return joined;
  let surname = surnames.get(text);
  if (surname === undefined) {
    surname = pinyin(text, { toneType: 'none', type: 'array', surname: 'all', v: true }).join('').replaceAll('v', 'u');
    surnames.set(text, surname);
  }
  return [surname];
}
