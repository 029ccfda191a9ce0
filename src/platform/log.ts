import { type Logger, pino } from 'pino';

export type { Logger };

/** Names under which a secret could travel; their values never reach a log line. */
const secretNames = [
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
];

/** Structured logs, one JSON object a line, on standard error by default so that `--json` output stays clean. */
export function createLog(options: { level?: string; destination?: number | string } = {}): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: {},
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
    },
    pino.destination({ dest: options.destination ?? 2, sync: false }),
  );
}
