/** Parts of the provider library without types, as the bench runs it bare. */
declare module 'oidc-provider/lib/helpers/lru.js' {
  export default class LRU {
    constructor(options: { maxSize: number });
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type { Adapter } from 'oidc-provider';
  import type LRU from 'oidc-provider/lib/helpers/lru.js';

  interface MemoryAdapter extends Adapter {}
  const MemoryAdapter: new (model: string, store: LRU, clockTolerance: number) => MemoryAdapter;
  export default MemoryAdapter;
}
