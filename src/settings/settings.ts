import type { ProvisioningSettings } from '#domain/provisioning/settings.ts';
import type { SourceSettings } from '#domain/sources/source.ts';

/** The checked configuration, as the rest of the hub sees it. How it is read and checked: load.ts. */
export interface SystemSettings {
  id: string;
  title: string;
  side: 'crm' | 'erp' | 'other';
  provider: string;
  description?: string;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri?: string;
  launchUri?: string;
  clientId: string;
  auth: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  clientSecret?: string;
  jwks?: { keys: Record<string, unknown>[] };
  jwksUri?: string;
  firstParty: boolean;
  api?: { audience: string };
  machine?: { scopes: string[] };
  refresh: boolean;
  rotateRefresh: boolean;
  idTokenAlg: 'RS256' | 'ES256';
  par: boolean;
  open: boolean;
  /** People enter by a code that the device shows (RFC 8628); absent: no. */
  deviceFlow?: boolean;
  /** Durations such as `15m`: how old, and how long idle, a session may be that enters or stays here. */
  session?: { idle?: string | undefined; absolute?: string | undefined };
  requires: 'password' | 'mfa' | 'phishing-resistant';
  outbound: { allow: string[] };
  /** How it may speak at the protocol endpoints; absent ones have their default (`domain/systems/protocol.ts`). */
  pkce?: 'required' | 'optional';
  implicit?: boolean;
  dpop?: 'optional' | 'required';
  profile?: 'none' | 'fapi2';
  protocol?: 'oidc' | 'saml';
  provisioning?: ProvisioningSettings;
  settings: Record<string, unknown>;
}

/** So many in so many milliseconds. */
export interface Rate {
  count: number;
  windowMs: number;
}

export interface Settings {
  production: boolean;
  /** No trailing slash. */
  issuer: string;
  listen: { host: string; port: number };
  /** Absolute path. */
  data: string;
  store: { kind: 'sqlite'; file: string } | { kind: 'mongodb'; url: string };
  /** Undefined: made and kept under `data` at first start. */
  secret: string | undefined;
  workers: number;
  /** Express's `trust proxy` value. */
  trustProxy: boolean | number | string;
  mail: { kind: 'log' } | { kind: 'smtp'; url: string };
  /** The sender of mails: an address, or a name and `<address>`. */
  mailFrom: string;
  /** Absolute path; undefined: the default policy, config/roles.yaml. */
  policy: string | undefined;
  policyMode: 'store' | 'file';
  /** Absolute path. */
  people: string | undefined;
  systems: SystemSettings[];
  sources: SourceSettings[];
  admin: { email: string; password: string } | undefined;
  /** Milliseconds. */
  lifetimes: {
    code: number;
    accessToken: number;
    interaction: number;
    sessionIdle: number;
    session: number;
    deviceCode: number;
    resetLink: number;
    inviteLink: number;
  };
  limits: {
    signin: { perAccount: Rate; perNetwork: Rate };
    hash: { slots: number; queue: number };
    /** Milliseconds. */
    headers: number;
    request: number;
    logout: { firstRetry: number };
  };
  /** Further words that no password may be made of. */
  password: { words: string[] };
  /** Milliseconds in which a second factor may be set up with the password alone: where one is asked for; for admins. */
  mfa: { grace: number; adminGrace: number };
  /** The account in the envelope: may it be used, for how long (ms) at a time, who is told besides the owners. */
  breakGlass: { enabled: boolean; session: number; notify: string[] };
  /** Requests for roles: milliseconds until one that nobody decides runs out; how many people have to approve. */
  requests: { open: number; approvals: number };
  /** Bytes that the claims for one system may come to, unless its own `settings.claimsBudget` says otherwise. */
  claims: { budget: number };
  /** Which key lets a SCIM client link a person that it did not make; undefined: none. */
  scim: { adopt: 'employeeNumber' | undefined };
  /** IANA name. */
  timeZone: string;
  company: string | undefined;
  metrics: { token: string | undefined };
  checkpoints: { webhook: string | undefined };
}
