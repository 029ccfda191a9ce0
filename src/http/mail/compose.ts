import type { Services } from '#actions/services.ts';
import { browserName } from '#http/account/browser.ts';
import { isLocale, texts } from '#http/i18n/catalogue.ts';
import { datesFor } from '#http/i18n/dates.ts';
import { localeOfTag } from '#http/i18n/negotiate.ts';
import type { Views } from '#http/render/views.ts';
import type { Compose } from '#provisioning/mail/letter.ts';

/** What a mail says, as both of its forms lay it out. */
interface Letter {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** Label and value: when, where from, on what. */
  readonly facts: readonly (readonly [string, string])[];
  readonly link: { readonly text: string; readonly url: string };
  readonly closing: readonly string[];
}

/** Composes by the catalogue: every template has a subject, what happened, a link, and what to do when it was somebody else. */
export function createComposer({ settings, clock }: Pick<Services, 'settings' | 'clock'>, views: Views): Compose {
  const { issuer, timeZone } = settings;
  const company = settings.company ?? 'Gatehouse';
  return (template, locale, { name, values, path }) => {
    const words = texts(isLocale(locale) ? locale : (localeOfTag(locale) ?? 'en'));
    const dates = datesFor(words, timeZone, clock.now());
    const instant = (key: string) => (typeof values[key] === 'number' ? dates.moment(values[key]) : '');
    const all = {
      ...{ name, company, until: `${instant('until')} (${timeZone})`, title: values.title, count: values.count },
      ...{ who: values.who, role: values.role },
      // The last day, not the first moment after it.
      day: typeof values.due === 'number' ? dates.date(values.due - 1) : '',
    };
    const own = (key: string) => words.t(`mail.${template}.${key}`, all);
    const fact = (key: string, value: string | undefined) =>
      value === undefined ? [] : [[words.t(`mail.fact.${key}`), value] as const];
    const agent = typeof values.agent === 'string' ? browserName(words, values.agent) : undefined;
    const letter: Letter = {
      heading: own('heading'),
      paragraphs: [
        words.t('mail.hello', all),
        template === 'credential' ? words.t(`mail.credential.what.${values.act}`, all) : own('text'),
      ],
      facts: [
        ...(typeof values.at === 'number' ? fact('when', `${instant('at')} (${timeZone})`) : []),
        ...fact('where', typeof values.ip === 'string' ? values.ip : undefined),
        ...fact('browser', agent),
      ],
      link: { text: own('link'), url: `${issuer}${path ?? '/account/sessions'}` },
      closing: [own('closing'), words.t('mail.foot', { company, issuer })],
    };
    const subject = own('subject');
    const html = views.render('mail/letter', { ...letter, subject, locale: words.locale, company });
    return { subject, text: plain(letter), html };
  };
}

function plain({ heading, paragraphs, facts, link, closing }: Letter): string {
  return [
    heading,
    ...paragraphs,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    `${link.text}:\n${link.url}`,
    ...closing,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
