import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';

/**
 * Keeps what Node compiled (types stripped, code cached) for the next start, which then takes half the time. It lies in the
 * project's own folder, not in the machine's shared temporary one; where that cannot be written, nothing is kept.
 */
export function keepCompiled(): void {
  enableCompileCache(resolve(import.meta.dirname, '../node_modules/.cache/gatehouse'));
}
