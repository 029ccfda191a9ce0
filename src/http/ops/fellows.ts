/** The metrics of one worker, as prom-client gives them in JSON. */
export type MetricsOfWorker = readonly object[];

/** The other workers of this machine, where the hub runs as several (src/workers). */
export interface Fellows {
  /** The place of this worker, 1 to n. */
  readonly place: number;
  /** What this worker tells of itself whenever one of them gathers. */
  tell(own: () => Promise<MetricsOfWorker>): void;
  /** What all of them tell, this one included; who does not answer in time is left out. */
  gather(): Promise<readonly MetricsOfWorker[]>;
}
