import { availableParallelism } from 'node:os';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { isLoopback } from '#domain/systems/addresses.ts';
import { fields, text } from './read.ts';
import { storeFault } from './store.ts';
import { duration, rate, whole } from './units.ts';

const issuer = z.string().transform((value, context): string => {
  const fault = issuerFault(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  return value.replace(/\/$/, '');
});

function issuerFault(value: string): string | undefined {
  const url = URL.parse(value);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return 'is not a web address; write it in full, like https://hub.example.com';
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    return 'has more than a scheme, a host and a port; the hub takes a host of its own, like https://hub.example.com';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'is plain http beyond this machine; use https (http is for localhost alone)';
  }
  return undefined;
}

const proxies = z
  .union([z.boolean(), z.number(), z.string()])
  .transform((value, context): boolean | number | string => {
    if (value === false || value === 'false') return false;
    if (value === true || value === 'true' || value === '') {
      // Believing every hop lets anybody choose the address that throttling counts.
      context.addIssue({
        code: 'custom',
        message: 'is too wide; write how many proxies stand before the hub, or their addresses',
      });
      return false;
    }
    if (typeof value === 'string' && !/^\d+$/.test(value)) {
      const message = networksFault(value.split(',').map((name) => name.trim()));
      if (message !== undefined) context.addIssue({ code: 'custom', message });
      return value;
    }
    const hops = Number(value);
    if (Number.isInteger(hops) && hops >= 0 && hops <= 10) return hops === 0 ? false : hops;
    context.addIssue({
      code: 'custom',
      message: 'is no number of proxies; write a whole number up to 10, or addresses',
    });
    return false;
  });

/** The names are Express's, which are read in platform/client-address.ts too. */
function networksFault(names: readonly string[]): string | undefined {
  const isNetwork = (name: string) =>
    ['loopback', 'linklocal', 'uniquelocal'].includes(name) || ipaddr.isValid(name) || ipaddr.isValidCIDR(name);
  const wrong = names.find((name) => !isNetwork(name));
  if (wrong !== undefined) {
    return `names no network: ${wrong}; write how many proxies stand before the hub, or their addresses`;
  }
  if (names.some((name) => name.endsWith('/0'))) return 'is too wide; write the addresses of the proxies alone';
  return undefined;
}

const timeZone = z.string().refine(
  (zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  },
  { error: 'is no time zone; write an IANA name like Europe/Warsaw or UTC' },
);

const store = z.string().superRefine((value, context) => {
  const message = storeFault(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const mail = z.string().refine((value) => value === 'log:' || /^smtps?:\/\/.+/.test(value), {
  error: 'is no mail address of a server; write log: or smtp://host:port',
});

const mailFrom = z.string().regex(/^([^<>"\p{Cc}]*<)?[^\s<>()[\]\\,;:"@\p{Cc}]+@[^\s<>()[\]\\,;:"@\p{Cc}]+>?$/u, {
  error: 'is no sender; write an address, or a name and <address>',
});

/** Every key of the configuration with its default. Systems and sources are read one by one, in system.ts and source.ts. */
export const shape = {
  issuer: issuer.optional(),
  company: text.optional(),
  listen: fields({ host: text.default('127.0.0.1'), port: whole(0, 65_535).default(4000) }).prefault({}),
  data: text.default('./data'),
  store: store.optional(),
  secret: text.optional(),
  workers: whole(1, 64).default(1),
  trustProxy: proxies.default(false),
  mail: mail.default('log:'),
  mailFrom: mailFrom.optional(),
  policy: text.optional(),
  policyMode: z.enum(['store', 'file']).default('store'),
  people: text.optional(),
  systems: z.array(z.unknown()).default([]),
  sources: z.array(z.unknown()).default([]),
  admin: fields({ email: z.email({ error: 'is no e-mail address' }).optional(), password: text.optional() }).prefault(
    {},
  ),
  lifetimes: fields({
    code: duration({ atLeast: '1s', atMost: '10m', because: 'RFC 6749, 4.1.2' }).default(60_000),
    accessToken: duration({ atLeast: '10s', atMost: '5m', because: 'a disabled account must not outlive it' }).default(
      300_000,
    ),
    interaction: duration({ atLeast: '1m', atMost: '24h' }).default(1_800_000),
    sessionIdle: duration({ atLeast: '1m' }).default(28_800_000),
    session: duration({ atLeast: '1m' }).default(86_400_000),
    deviceCode: duration({ atLeast: '1m', atMost: '30m', because: 'RFC 8628, 5.1' }).default(600_000),
    resetLink: duration({ atLeast: '1m', atMost: '24h' }).default(1_800_000),
    inviteLink: duration({ atLeast: '1h', atMost: '30d' }).default(604_800_000),
  }).prefault({}),
  limits: fields({
    signin: fields({
      perAccount: rate.default({ count: 10, windowMs: 900_000 }),
      perNetwork: rate.default({ count: 100, windowMs: 900_000 }),
    }).prefault({}),
    hash: fields({
      slots: whole(1, 256).default(availableParallelism()),
      queue: whole(0, 10_000).default(32),
    }).prefault({}),
    headers: duration({ atLeast: '1s', atMost: '2m' }).default(10_000),
    request: duration({ atLeast: '1s', atMost: '10m' }).default(30_000),
    logout: fields({ firstRetry: duration({ atLeast: '100ms', atMost: '1h' }).default(2000) }).prefault({}),
  }).prefault({}),
  password: fields({ words: z.array(text).max(1000).default([]) }).prefault({}),
  mfa: fields({
    grace: duration({ atLeast: '1ms', atMost: '365d' }).default(1_209_600_000),
    adminGrace: duration({ atLeast: '1ms', atMost: '365d' }).default(1_209_600_000),
  }).prefault({}),
  breakGlass: fields({
    enabled: z.boolean().default(true),
    session: duration({ atLeast: '5m', atMost: '4h' }).default(1_800_000),
    notify: z
      .array(z.email({ error: 'is no e-mail address' }))
      .max(50)
      .default([]),
  }).prefault({}),
  requests: fields({
    open: duration({ atLeast: '1h', atMost: '365d' }).default(1_209_600_000),
    approvals: whole(1, 2).default(1),
  }).prefault({}),
  scim: fields({
    adopt: z
      .enum(['employeeNumber'], { error: 'can be employeeNumber alone; leave it out and no person is linked by a key' })
      .optional(),
  }).prefault({}),
  claims: fields({ budget: whole(256, 65_536).default(4096) }).prefault({}),
  timeZone: timeZone.default('UTC'),
  metrics: fields({ token: text.optional() }).prefault({}),
  checkpoints: fields({ webhook: z.string().optional() }).prefault({}),
};
export type Shape = { [K in keyof typeof shape]: z.infer<(typeof shape)[K]> };
