/** The child's end of the control channel: says where it serves, answers what it has used so far, ends when told. */
export interface Used {
  /** Milliseconds of CPU since the start, all threads. */
  readonly cpu: number;
  /** Bytes. */
  readonly rss: number;
}

export type Order = 'usage' | 'stop';
export type Told = { readonly ready: string } | { readonly used: Used } | { readonly stopped: true };

/** Serves orders of the parent until it is gone or says stop. */
export function obey(issuer: string, close: () => Promise<void>): void {
  const tell = (told: Told) => process.send?.(told);
  const stop = async () => {
    await close();
    process.exit(0);
  };
  process.on('message', (order: Order) => {
    if (order === 'stop') {
      stop().catch(() => process.exit(1));
      return;
    }
    const { user, system } = process.cpuUsage();
    tell({ used: { cpu: (user + system) / 1000, rss: process.memoryUsage.rss() } });
  });
  process.on('disconnect', () => process.exit(0));
  tell({ ready: issuer });
}
