import type { FieldFault } from '../errors.ts';
import type { SystemModule, Template } from './system-module.ts';
import { filled, systemValues } from './values.ts';

/** What is asked when a product is connected; everything else comes from its module. */
export interface ConnectAnswers {
  readonly id: string;
  readonly title: string;
  readonly side: 'crm' | 'erp' | 'other';
  /** The product's own address. */
  readonly url?: string | undefined;
  readonly clientId?: string | undefined;
  /** Where given, these take the place of the module's. */
  readonly redirectUris?: readonly string[] | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** A registration in the words of the configuration, as far as the module and the answers say. */
export interface TemplateRegistration {
  readonly id: string;
  readonly title: string;
  readonly side: 'crm' | 'erp' | 'other';
  readonly provider: string;
  readonly clientId?: string;
  readonly redirectUris: string[];
  readonly settings: Record<string, unknown>;
  readonly [more: string]: unknown;
}

/**
 * The registration of a product from its module's client template (`ClientTemplate`). An address that misses a value is a
 * fault of that value: `url` or `settings.…`.
 */
export function registrationFrom(
  module: SystemModule,
  answers: ConnectAnswers,
  issuer: string,
): { registration: TemplateRegistration; faults: FieldFault[] } {
  const faults = new Map<string, FieldFault>();
  const settings: Record<string, unknown> = { ...answers.settings, ...baseSetting(answers, faults) };
  const described = { id: answers.id, clientId: answers.clientId ?? answers.id, settings };
  const values = systemValues(module, described, issuer);
  const { client } = module;
  const fill = (template: Template): string => {
    const { text, missing } = filled(template, values);
    for (const name of missing) {
      const path = name === 'base' ? 'url' : name;
      const message = 'is missing; this product’s addresses are made of it';
      if (!faults.has(path)) faults.set(path, { path, message });
    }
    return text;
  };
  const optional = (name: string, template: Template | undefined) =>
    template === undefined ? {} : { [name]: fill(template) };
  const registration: TemplateRegistration = {
    id: answers.id,
    title: answers.title,
    side: answers.side,
    provider: module.id,
    ...(answers.clientId === undefined ? {} : { clientId: answers.clientId }),
    redirectUris: [...(answers.redirectUris ?? client?.redirectUris.map(fill) ?? [])],
    ...(client === undefined ? {} : { auth: client.auth }),
    ...(client?.postLogoutRedirectUris === undefined
      ? {}
      : { postLogoutRedirectUris: client.postLogoutRedirectUris.map(fill) }),
    ...optional('backchannelLogoutUri', client?.backchannelLogoutUri),
    ...optional('launchUri', client?.launchUri ?? (settings.url === undefined ? undefined : '{base}')),
    ...(client?.idTokenAlg === undefined ? {} : { idTokenAlg: client.idTokenAlg }),
    ...(client?.pkce === undefined ? {} : { pkce: client.pkce }),
    ...(client?.implicit === undefined ? {} : { implicit: client.implicit }),
    ...(client?.deviceFlow === undefined ? {} : { deviceFlow: client.deviceFlow }),
    settings,
  };
  return { registration, faults: [...faults.values()] };
}

/** The address as it is kept: without a slash at its end; what follows `?` or `#` is no part of a product's address. */
function baseSetting({ url }: ConnectAnswers, faults: Map<string, FieldFault>): { url?: string } {
  if (url === undefined || url.trim() === '') return {};
  const address = URL.parse(url.trim());
  if (address === null || !['http:', 'https:'].includes(address.protocol)) {
    const message = 'is not a web address; write it in full, like https://crm.example.com';
    faults.set('url', { path: 'url', message });
    return {};
  }
  if (address.search !== '' || address.hash !== '' || address.username !== '') {
    const message = 'has more than a host and a path; write the address at which the product opens, without ? or #';
    faults.set('url', { path: 'url', message });
    return {};
  }
  return { url: url.trim().replace(/\/+$/, '') };
}

/** A system id of a title: small Latin letters, digits and hyphens; a title without any becomes the fallback. */
export function idFrom(title: string, fallback: string): string {
  const letters = title
    .normalize('NFKD')
    .replace(/ł/gi, 'l')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return letters === '' ? fallback : letters;
}
