import { HubError } from '#domain/errors.ts';
import { SettingsError } from '#settings/faults.ts';
import { isUnavailable } from '#storage/port.ts';
import type { CommandIo, CommonOptions } from './io.ts';
import { WrongUse } from './io.ts';

/** Where a command's answer goes. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

export const processStreams: Streams = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

/** The answer of a command: for people, or with `--json` one document on standard output and nothing else there. */
export function printer(streams: Streams): Pick<CommandIo, 'out' | 'note'> {
  return {
    out(options: CommonOptions, document: unknown, text: string | (() => string)) {
      if (options.json === true) {
        streams.out(`${JSON.stringify(document)}\n`);
        return;
      }
      const lines = typeof text === 'string' ? text : text();
      if (lines !== '') streams.out(lines.endsWith('\n') ? lines : `${lines}\n`);
    },
    note: (line) => streams.err(`${line}\n`),
  };
}

/**
 * Tells why a command did not do its work.
 *
 * @returns the exit code: 2 for wrong use, 1 for everything else.
 */
export function tellFault(error: unknown, json: boolean, streams: Streams): 1 | 2 {
  if (error instanceof WrongUse) {
    streams.err(`${error.message}\n`);
    return 2;
  }
  const faults = error instanceof SettingsError || error instanceof HubError ? error.faults : [];
  const away = isUnavailable(error);
  const said = error instanceof Error ? error.message : String(error);
  const message = away ? `${said}. Nothing was changed; \`npm run hub -- doctor\` may know more.` : said;
  if (json) {
    const code = away ? { code: 'store-unavailable' } : error instanceof HubError ? { code: error.code } : {};
    streams.out(`${JSON.stringify({ ok: false, ...code, message, faults })}\n`);
  } else if (error instanceof SettingsError) {
    streams.err(`${message}\n`);
  } else {
    streams.err(`${[message, ...faults.map((fault) => `  ${fault.path}: ${fault.message}`)].join('\n')}\n`);
  }
  return 1;
}
