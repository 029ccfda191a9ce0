import type { Texts } from '#http/i18n/catalogue.ts';

// The first that matches counts: Edge and Chrome also say "Safari", everything says "Mozilla".
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** What a person would call the browser behind a user agent: "Firefox on Windows". */
export function browserName({ t }: Texts, agent: string | undefined): string {
  const first = (list: typeof browsers) => list.find(([pattern]) => pattern.test(agent ?? ''))?.[1];
  const browser = first(browsers);
  const system = first(systems);
  if (browser === undefined) return t('sessions.unknown');
  return system === undefined ? browser : t('sessions.browserOn', { browser, system });
}
