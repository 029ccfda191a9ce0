import { type Logger, pino, stdSerializers } from 'pino';

export type { Logger };

/** Names under which a secret could travel; their values never reach a log line. */
const secretNames: ReadonlySet<string> = new Set([
  'password',
  'clientSecret',
  'client_secret',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'code',
  'code_verifier',
  'client_assertion',
  'authorization',
  'cookie',
  'hash',
]);

const deepest = 3;
/** A line waits this long (ms) for others at most; writing each by itself costs more than making it. */
const flushMs = 100;
const flushBytes = 16_000;

/** The same object when it holds no secret, as nearly every line does; pino's own redaction walks each line several times. */
function withoutSecrets(given: object, depth = 1): object {
  const value: object = given instanceof Error ? stdSerializers.err(given) : given;
  let clean: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    let shown: unknown = member;
    if (secretNames.has(name)) shown = '[secret]';
    else if (typeof member === 'object' && member !== null && depth < deepest)
      shown = withoutSecrets(member, depth + 1);
    if (shown === member) continue;
    clean ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    clean[name] = shown;
  }
  return clean ?? given;
}

/**
 * Structured logs, one JSON object a line, on standard error by default so that `--json` output stays clean. Lines are gathered
 * for a moment; a fatal one and the end of the process write them out.
 */
export function createLog(options: { level?: string; destination?: number | string } = {}): Logger {
  const dest = options.destination ?? 2;
  return pino(
    {
      level: options.level ?? 'info',
      base: {},
      formatters: { log: (line) => withoutSecrets(line) as typeof line },
      serializers: { err: (error: unknown) => (error instanceof Error ? stdSerializers.err(error) : error) },
    },
    pino.destination({ dest, sync: false, minLength: flushBytes, periodicFlush: flushMs }),
  );
}
