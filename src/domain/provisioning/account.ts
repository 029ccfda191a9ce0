/** An account as it stands in a product. */
export interface Account {
  /** The product's own id, which stays. */
  readonly id: string;
  /** What its owner signs in with there. */
  readonly login: string;
  readonly active: boolean;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** Native roles that it was given. */
  readonly roles: readonly string[];
  /** Native roles that follow from those, as with Odoo's implied groups: held, and no surplus. */
  readonly implied?: readonly string[] | undefined;
  /** The one profile, in products that have profiles. */
  readonly profile?: string | undefined;
  /** Belongs to the product or to the hub's own connection: never changed, whoever is called like it. */
  readonly reserved?: true | undefined;
}

/** What the policy wants of a person in one system. */
export interface Wanted {
  /** Person id. */
  readonly person: string;
  /** E-mail or username, for people who read a plan. */
  readonly label: string;
  /** The login that the hub knows there, else the one that an account would be made under. */
  readonly login: string;
  /** The hub has this account on record: by its id, or only by its login. */
  readonly account?: string | undefined;
  readonly linked: boolean;
  readonly active: boolean;
  /** Native roles, profiles among them. */
  readonly roles: readonly string[];
  readonly name: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly email?: string | undefined;
}

/** What an account is made with. */
export interface NewAccount {
  readonly login: string;
  /** The person's id here, for products that keep a foreign key. */
  readonly externalId: string;
  readonly name: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly email?: string | undefined;
  readonly roles: readonly string[];
  readonly profile?: string | undefined;
}

/** What changes in an account, in one act where the product can. */
export interface AccountChange {
  readonly active?: boolean | undefined;
  readonly profile?: string | undefined;
  readonly roles?:
    | {
        readonly add: readonly string[];
        readonly remove: readonly string[];
        /** All that it holds afterwards, for products that take the whole list. */
        readonly result: readonly string[];
      }
    | undefined;
}
