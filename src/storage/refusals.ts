/** Why a store is not opened, whichever the engine. `store` is a path, or an address without its password. */

/** The store was written by a newer hub, which may keep things in it that this one would overlook. */
export class StoreTooNew extends Error {
  constructor(store: string, what: string, found: number, known: number) {
    super(
      `${store}: ${what} is of version ${found}, and this hub knows up to ${known}. ` +
        'Start the newer hub again, or restore a backup made before the upgrade.',
    );
    this.name = 'StoreTooNew';
  }
}

/** The store is a copy from before its newest checkpoint. */
export class StoreOlder extends Error {
  constructor(store: string, writer: string, seq: number) {
    super(
      `${store} is older than its newest checkpoint: record ${seq} of ${writer} is not in it. ` +
        'If this copy is meant to be served, put it in place with `restore`, which ends every session and token.',
    );
    this.name = 'StoreOlder';
  }
}

/** The store's sealed values belong to another master secret. */
export class WrongSecret extends Error {
  constructor(store: string, cause: unknown) {
    super(`${store} was sealed with another \`secret\`; set it to the one that this store was made with`, { cause });
    this.name = 'WrongSecret';
  }
}
