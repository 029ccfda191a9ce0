import type { Account, AccountChange, NewAccount } from '#domain/provisioning/account.ts';
import type { ProvisioningSettings } from '#domain/provisioning/settings.ts';

export type FindBy = { readonly id: string } | { readonly login: string } | { readonly email: string };

/** Accounts and roles of one product, over its own API. Nothing here deletes. */
export interface Connector {
  /** Every account, page by page, inactive ones too. */
  list(): AsyncIterable<readonly Account[]>;
  /** One account by its id, its login or its e-mail address; logins and addresses fold case. */
  find(by: FindBy): Promise<Account | undefined>;
  /** How many accounts one request of `list` reads, to choose between reading all and reading some. */
  readonly pageSize: number;
  /** Several at once, in products that answer for many ids in one request. */
  readonly findAll?: (ids: readonly string[]) => Promise<readonly Account[]>;
  /** Native roles (and profiles) that the product knows; undefined: it cannot be asked. */
  roles(): Promise<ReadonlySet<string> | undefined>;
  /** @returns the product's id of the new account */
  create(account: NewAccount): Promise<string>;
  /** Sets roles and whether it is active, in as few requests as the product allows. */
  change(account: Account, change: AccountChange): Promise<void>;
  /** Can it be reached and read with these credentials? @throws ConnectorFault; otherwise what was seen, in a few words */
  test(): Promise<string>;
}

/**
 * `unreachable`: no answer, or 5xx. `unauthorized`: the credentials are refused. `busy`: asked to wait. `unexpected`: not the API that it
 * should be. These are the product's and stop a run; `refused` is about one account and stops nothing else.
 */
export type ConnectorFaultCode = 'unreachable' | 'unauthorized' | 'busy' | 'unexpected' | 'refused';

/** Why a product did not do what it was asked. The message holds no secret. */
export class ConnectorFault extends Error {
  readonly code: ConnectorFaultCode;
  /** When another attempt makes sense, in ms. */
  readonly retryAfter: number | undefined;

  constructor(code: ConnectorFaultCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ConnectorFault';
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

/** What a connector is opened with. */
export interface ConnectorSettings extends ProvisioningSettings {
  /** Private networks (CIDR) that may be reached. */
  readonly allow: readonly string[];
  readonly allowLoopback: boolean;
}

/** The connectors by name; handed in by the composition root. */
export interface Connectors {
  open(settings: ConnectorSettings): Connector;
}
