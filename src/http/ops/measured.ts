import { CommitConflict, type Engine } from '#storage/port.ts';
import type { Metrics } from './metrics.ts';

/** The same engine, with each commit counted. */
export function measured<E extends Engine>(engine: E, metrics: Pick<Metrics, 'commit'>): E {
  const inner = engine.commit.bind(engine);
  engine.commit = async (commit) => {
    const start = performance.now();
    const took = () => (performance.now() - start) / 1000;
    try {
      await inner(commit);
    } catch (error) {
      metrics.commit(error instanceof CommitConflict ? 'conflict' : 'unavailable', took(), []);
      throw error;
    }
    metrics.commit('done', took(), commit.events ?? []);
  };
  return engine;
}
