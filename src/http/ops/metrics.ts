import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Fellows, MetricsOfWorker } from './fellows.ts';

/** What the hub counts. Labels come from closed lists: routes, statuses, event types; nothing of a person. */
export interface Metrics {
  request(route: string, method: string, status: number, seconds: number): void;
  commit(outcome: 'done' | 'conflict' | 'unavailable', seconds: number, events: readonly AuditDraft[]): void;
  /** Prometheus text format. */
  text(): Promise<{ type: string; body: string }>;
}

/**
 * @param outboxDepth how many deliveries wait; asked at each scrape.
 * @param fellows the other workers: a scrape of any of them tells of all, each under its label `worker`.
 */
export function createMetrics(outboxDepth: () => Promise<number>, fellows?: Fellows): Metrics {
  const registry = new Registry();
  // What is the same whichever worker is asked.
  const ofStore = new Registry();
  if (fellows !== undefined) registry.setDefaultLabels({ worker: String(fellows.place) });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'gatehouse_http_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'gatehouse_http_request_seconds',
    help: 'Time to answer',
    labelNames: ['route'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const commits = new Counter({
    name: 'gatehouse_commits_total',
    help: 'Commits to the store by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const commitTime = new Histogram({
    name: 'gatehouse_commit_seconds',
    help: 'Time until a commit was on disk',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1, 5],
    registers,
  });
  const events = new Counter({
    name: 'gatehouse_audit_events_total',
    help: 'Audit events stored, by type and outcome',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const signIns = new Counter({
    name: 'gatehouse_signins_total',
    help: 'Sign-ins by outcome',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'gatehouse_outbox_waiting',
    help: 'Deliveries to systems that wait to be made',
    registers: [ofStore],
    aggregator: 'first',
    async collect() {
      this.set(await outboxDepth().catch(() => Number.NaN));
    },
  });
  for (const outcome of ['succeeded', 'failed', 'locked']) signIns.inc({ outcome }, 0);
  // Each worker's series stand apart by their label, so that one that starts anew is seen to count from 0.
  const own = async (): Promise<MetricsOfWorker> => [
    ...(await registry.getMetricsAsJSON()).map((metric) => ({ ...metric, aggregator: 'sum' })),
    ...(await ofStore.getMetricsAsJSON()),
  ];
  fellows?.tell(own);
  return {
    request(route, method, status, seconds) {
      requests.inc({ route, method, status });
      duration.observe({ route }, seconds);
    },
    commit(outcome, seconds, stored) {
      commits.inc({ outcome });
      commitTime.observe(seconds);
      if (outcome !== 'done') return;
      for (const event of stored) {
        events.inc({ type: event.type, outcome: event.outcome });
        if (event.type.startsWith('signin.')) signIns.inc({ outcome: event.type.slice('signin.'.length) });
      }
    },
    text: async () => {
      const all =
        fellows === undefined
          ? Registry.merge([registry, ofStore])
          : AggregatorRegistry.aggregate((await fellows.gather()).map((one) => [...one]));
      return { type: registry.contentType, body: await all.metrics() };
    },
  };
}
