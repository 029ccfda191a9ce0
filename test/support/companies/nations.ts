import type { Random } from './random.ts';

/** A name as its owner writes it, and the spellings that systems make of it. */
export interface MadeName {
  readonly given: string;
  readonly family: string;
  /** How the given name may be shortened or translated. */
  readonly calls: readonly string[];
  /** Latin spellings, the passport's first: given, family. */
  readonly latin: readonly (readonly [string, string])[];
  /** The family name is written first at home. */
  readonly familyFirst: boolean;
  readonly country: string;
}

type Nation = (random: Random) => MadeName;

const words = (text: string): string[] => text.split(' ');
const bare = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ł/g, 'l')
    .replace(/Ł/g, 'L')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
    .replace(/ø/g, 'o')
    .replace(/Ø/g, 'O')
    .replace(/ß/g, 'ss')
    .replace(/ı/g, 'i');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

interface Western {
  readonly country: string;
  /** `Robert:Bob,Rob` */
  readonly given: string;
  readonly family: string;
  /** Heads and tails of rarer family names. */
  readonly heads: string;
  readonly tails: string;
  readonly second?: boolean;
  readonly familyFirst?: boolean;
}

function western({ country, given, family, heads, tails, second, familyFirst }: Western): Nation {
  const givens = words(given);
  const [common, firsts, lasts] = [words(family), words(heads), words(tails)];
  return (random) => {
    const [name = '', calls = ''] = random.skewed(givens).split(':');
    const one = (): string => (random.chance(0.45) ? random.skewed(common) : random.pick(firsts) + random.pick(lasts));
    const whole = second === true ? `${one()} ${one()}` : one();
    const plain: [string, string] = [bare(name), bare(whole)];
    return {
      given: name.replaceAll('_', ' '),
      family: whole.replaceAll('_', ' '),
      calls: calls === '' ? [] : calls.split(','),
      latin: [[plain[0].replaceAll('_', ' '), plain[1].replaceAll('_', ' ')]],
      familyFirst: familyFirst === true,
      country,
    };
  };
}

function german(random: Random): MadeName {
  const made = western({
    country: 'DE',
    given:
      'Jürgen Günter Jörg Björn Anke Uwe Heike Sören Käthe Volker Sabine:Bine Ulrich:Uli Friederike:Rike Bernd Gerlinde Holger Matthias Wiebke Detlef Anneliese Lüder Götz',
    family: 'Schäfer Köhler Krüger Möller Weiß Böhm Jäger Groß Kühn Strauß Vogel Lorenz Ziegler Busch Arnold Bergmann',
    heads: 'Hütten Grün Stein Rößl Fähr Wasser Holz Königs Schön Brücken Tannen Hölzl Eich',
    tails: 'müller mann berger huber dorf bach wald kamp feld rath hoff',
  })(random);
  const umlauts = (text: string): string =>
    text
      .replace(/ä/g, 'ae')
      .replace(/ö/g, 'oe')
      .replace(/ü/g, 'ue')
      .replace(/Ä/g, 'Ae')
      .replace(/Ö/g, 'Oe')
      .replace(/Ü/g, 'Ue')
      .replace(/ß/g, 'ss');
  return { ...made, latin: [[umlauts(made.given), umlauts(made.family)], ...made.latin] };
}

const syllables =
  '王wang 李li 赵zhao 钱qian 孙sun 周zhou 吴wu 郑zheng 冯feng 陈chen 褚chu 卫wei 蒋jiang 沈shen 韩han 杨yang 朱zhu 秦qin 许xu 何he 吕lv 施shi 张zhang 孔kong 曹cao 严yan 华hua 金jin 魏wei 陶tao 姜jiang 谢xie 邹zou 苏su 潘pan 葛ge 范fan 彭peng 鲁lu 马ma 方fang 任ren 袁yuan 柳liu 史shi 唐tang 薛xue 雷lei 贺he 汤tang 罗luo 郝hao 常chang 于yu 傅fu 齐qi 康kang 余yu 顾gu 孟meng 黄huang 穆mu 萧xiao 尹yin 姚yao 邵shao 汪wang 毛mao 戴dai 宋song 庞pang 熊xiong 纪ji 舒shu 项xiang 董dong 梁liang';
const syllablesGiven =
  '安an 邦bang 宝bao 斌bin 波bo 彩cai 昌chang 超chao 晨chen 成cheng 川chuan 春chun 聪cong 丹dan 德de 东dong 恩en 芳fang 飞fei 峰feng 刚gang 桂gui 国guo 海hai 翰han 浩hao 和he 红hong 华hua 欢huan 辉hui 吉ji 佳jia 建jian 娇jiao 杰jie 静jing 君jun 凯kai 兰lan 乐le 丽li 亮liang 琳lin 玲ling 龙long 露lu 曼man 梅mei 敏min 明ming 娜na 宁ning 鹏peng 平ping 琪qi 倩qian 强qiang 青qing 蓉rong 瑞rui 珊shan 胜sheng 诗shi 思si 松song 涛tao 婷ting 伟wei 文wen 雪xue 霞xia 翔xiang 晓xiao 欣xin 秀xiu 旭xu 雅ya 妍yan 阳yang 瑶yao 怡yi 英ying 勇yong 玉yu 源yuan 月yue 云yun 泽ze 振zhen 志zhi 中zhong 子zi';

function chinese(random: Random): MadeName {
  const read = (entry: string): [string, string] => [[...entry][0] ?? '', [...entry].slice(1).join('')];
  const [family, surname] = read(random.skewed(words(syllables)));
  const count = random.chance(0.82) ? 2 : 1;
  const parts = Array.from({ length: count }, () => read(random.pick(words(syllablesGiven))));
  const given = parts.map(([character]) => character).join('');
  const sounds = parts.map(([, sound]) => sound);
  const plain = capital(surname.replace('lv', 'lu'));
  return {
    given,
    family,
    calls: random.chance(0.15) ? [random.pick(words('Kevin Grace Leo Vivian Jason Cindy Eric Fiona Tony Ivy'))] : [],
    latin: [
      [capital(sounds.join('')), plain],
      [sounds.map(capital).join(' '), plain],
      [capital(sounds.join('-')), plain],
    ],
    familyFirst: true,
    country: 'CN',
  };
}

function vietnamese(random: Random): MadeName {
  const family = random.skewed(words('Nguyễn Trần Lê Phạm Hoàng Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý'));
  const middle = random.pick(words('Văn Thị Đức Hữu Minh Ngọc Thanh Quang Xuân'));
  const last = random.pick(
    words('An Bình Châu Dũng Hạnh Hương Khoa Lan Linh Long Mai Nga Phúc Quân Sơn Thảo Trang Tuấn Yến'),
  );
  const given = `${middle} ${last}`;
  return {
    given,
    family,
    calls: [last],
    latin: [[bare(given), bare(family)]],
    familyFirst: true,
    country: 'VN',
  };
}

const letters: Readonly<Record<string, readonly [string, string, string]>> = {
  // English, Polish, German.
  а: ['a', 'a', 'a'],
  б: ['b', 'b', 'b'],
  в: ['v', 'w', 'w'],
  г: ['g', 'g', 'g'],
  д: ['d', 'd', 'd'],
  е: ['e', 'e', 'e'],
  ж: ['zh', 'ż', 'sch'],
  з: ['z', 'z', 's'],
  и: ['i', 'i', 'i'],
  і: ['i', 'i', 'i'],
  й: ['y', 'j', 'j'],
  к: ['k', 'k', 'k'],
  л: ['l', 'l', 'l'],
  м: ['m', 'm', 'm'],
  н: ['n', 'n', 'n'],
  о: ['o', 'o', 'o'],
  п: ['p', 'p', 'p'],
  р: ['r', 'r', 'r'],
  с: ['s', 's', 's'],
  т: ['t', 't', 't'],
  у: ['u', 'u', 'u'],
  ф: ['f', 'f', 'f'],
  х: ['kh', 'ch', 'ch'],
  ц: ['ts', 'c', 'z'],
  ч: ['ch', 'cz', 'tsch'],
  ш: ['sh', 'sz', 'sch'],
  щ: ['shch', 'szcz', 'schtsch'],
  ы: ['y', 'y', 'y'],
  ь: ['', '', ''],
  ю: ['yu', 'ju', 'ju'],
  я: ['ya', 'ja', 'ja'],
  є: ['ye', 'je', 'je'],
  ї: ['yi', 'ji', 'ji'],
};

function slavic(random: Random): MadeName {
  const [given = '', calls = ''] = random
    .skewed(
      words(
        'Олена:Lena Наталія:Natasha Андрій Тарас Максим:Max Богдан Оксана Людмила Роман Віктор Ярослав Марина Дмитро:Dima Лариса Руслан Галина Кирило Юрій:Yura Світлана',
      ),
    )
    .split(':');
  const head = random.pick(
    words('Ковал Бондар Мельн Кравч Петр Савч Мороз Лис Руд Гонч Ткач Шапов Черн Журав Пономар Яковл Хом Цибул'),
  );
  const tail = random.pick(words('енко чук ук ський ар ів ко енко'));
  const family = head + tail;
  const read = (text: string, table: 0 | 1 | 2): string =>
    capital([...text.toLowerCase()].map((letter) => letters[letter]?.[table] ?? letter).join(''));
  return {
    given,
    family,
    calls: calls === '' ? [] : calls.split(','),
    latin: ([0, 1, 2] as const).map((table) => [read(given, table), read(family, table)] as const),
    familyFirst: false,
    country: 'UA',
  };
}

/** Nations by key; a company draws from some of them. */
export const nations: Readonly<Record<string, Nation>> = {
  pl: western({
    country: 'PL',
    given:
      'Katarzyna:Kasia Małgorzata:Gosia,Małgosia Agnieszka:Aga Jakub:Kuba Stanisław:Staszek Tomasz:Tomek Łukasz Paweł Grażyna Zdzisław Bożena Sławomir:Sławek Władysław Jadwiga:Jadzia Mieczysław:Mietek Elżbieta:Ela Joanna:Asia Przemysław:Przemek Danuta:Danka Ireneusz:Irek Halina Żaneta',
    family:
      'Wójcik Kowalczyk Woźniak Mazur Krawczyk Pawłowski Król Wróbel Stępień Górski Sikora Baran Szewczyk Ostrowski Pietrzak Jaworski Duda',
    heads: 'Brzez Grzyb Dzięci Kozł Święt Trzci Głow Pstr Sobc Wilcz Łopat Ćwik Jęcz Miętk Śledz Bąk Żuraw Kępi',
    tails: 'ński owski ewicz ak czyk ik ała oń ek iński',
  }),
  de: german,
  cn: chinese,
  vn: vietnamese,
  ua: slavic,
  es: western({
    country: 'ES',
    given:
      'José:Pepe Francisco:Paco Manuel:Manolo María_José:Mari Lucía Íñigo Begoña Ángel Concepción:Concha Ignacio:Nacho Guadalupe:Lupe Jesús Mónica Raúl Rocío Andrés Inés',
    family:
      'Fernández Gutiérrez Muñoz Álvarez Ibáñez Núñez Domínguez Vázquez Ramos Serrano Molina Castro Ortega Rubio Marín',
    heads: 'Agu Bel Cas Esp Ferr Gal Her Iza Lar Mont Olm Par Quin Rib Sal',
    tails: 'irre monte tillo inosa era indo nando guirre reda alvo eda edes tana era azar',
    second: true,
  }),
  en: western({
    country: 'GB',
    given:
      'Robert:Bob,Rob William:Bill,Will Elizabeth:Liz,Beth Margaret:Peggy,Maggie Edward:Ted,Ed Catherine:Kate,Cathy Anthony:Tony Michael:Mike Jennifer:Jen Christopher:Chris Samuel:Sam Victoria:Vicky James:Jim Deborah:Debbie Richard:Dick,Rick Graham Nigel Fiona Alistair Rupert Imogen Hugh',
    family:
      "Thompson Clarke O'Brien Walker Wright Harrison McDonald Hughes Edwards Bennett Cooper Ward Foster Barnes Whitaker",
    heads: 'Ash Black Cold Dun Elm Fair Green Hart Kings Long Mill North Oak Pem Rother Stan Thorn Win Yel',
    tails: 'worth ham ley ton field brook well stead ford combe shaw',
  }),
  fr: western({
    country: 'FR',
    given:
      'Jean-Luc François Hélène Benoît Chloé Jérôme Anaïs Théo Zoé Gaëlle Frédéric:Fred Marie-Claire Stéphane Océane Rémi Noël',
    family:
      'Lefèvre Mercier Béranger Chevalier Garnier Faure Blanchet Guérin Rousseau Barbier Renaud Gauthier Lemaître',
    heads: 'Beau Mont Cham Ville Haut Bois Pré Val Cler Roche Font',
    tails: 'mont neuve pagne bois val champ fort court clair lieu',
  }),
  tr: western({
    country: 'TR',
    given: 'Ayşe Çağrı Gülşah Ömer Şükrü İbrahim Işıl Özge Mehmet Fatma Hüseyin Zeynep Yiğit',
    family: 'Yılmaz Şahin Çelik Öztürk Aydın Arslan Doğan Kılıç Aslan Çetin Koç Kurt',
    heads: 'Ak Kara Gök Demir Taş Ölmez Büyük Uzun',
    tails: 'oğlu kaya taş baş yol er gün alp',
  }),
  hu: western({
    country: 'HU',
    given:
      'László:Laci Erzsébet:Erzsi Zoltán:Zoli Katalin:Kati Gábor Ágnes Péter István:Pista Judit Sándor:Sanyi Ildikó Ferenc:Feri',
    family: 'Nagy Kovács Tóth Szabó Horváth Varga Molnár Németh Balogh Farkas Lakatos Juhász',
    heads: 'Szent Kis Bor Hegy Ér Föld Rá',
    tails: 'esi ányi falvi aljai várdi kos halmi',
    familyFirst: true,
  }),
  nl: western({
    country: 'NL',
    given:
      'Joost Maarten Femke Sjoerd Wietske Hendrik:Henk Cornelis:Kees Johanna:Hanneke Willem:Wim Gerrit Marijke Antonius:Ton',
    family: 'de_Vries van_den_Berg van_Dijk Jansen Visser Smit van_der_Meer Mulder de_Boer ter_Horst Hoekstra',
    heads: 'Ooster Wester Bloem Groene Dijk Zand Noord',
    tails: 'huis kamp stra veld man wijk boom',
  }),
  in: western({
    country: 'IN',
    given:
      'Rajesh Priyanka Suresh Lakshmi Venkatesh:Venkat Anjali Sandeep Deepika Harish Kavitha Arjun Meenakshi Vikram',
    family: 'Sharma Patel Reddy Iyer Gupta Nair Singh Mehta Rao Joshi Chatterjee Kulkarni Banerjee',
    heads: 'Rama Krishna Subra Gopala Venka Maha',
    tails: 'murthy swamy nathan krishnan lingam devan',
  }),
};
