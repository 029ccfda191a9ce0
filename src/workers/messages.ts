/** What the primary process and its workers say to each other. */
import type { MetricsOfWorker } from '#http/ops/fellows.ts';

export type FromPrimary =
  /** The first word: which place the worker has, 1 to n. A worker that replaces one that died has its place. */
  | { readonly say: 'place'; readonly place: number }
  | { readonly say: 'tell-metrics'; readonly n: number }
  | { readonly say: 'all-metrics'; readonly n: number; readonly all: readonly MetricsOfWorker[] };

export type FromWorker =
  /** It serves. `setup`: the path of the one-time address for the first owner, if there is none yet. */
  | { readonly say: 'ready'; readonly port: number; readonly setup?: string }
  | { readonly say: 'metrics'; readonly n: number; readonly metrics: MetricsOfWorker }
  | { readonly say: 'gather-metrics'; readonly n: number };
