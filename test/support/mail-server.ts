import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  /** Of the envelope. */
  readonly to: readonly string[];
  readonly from: string;
  /** Lower-case names; folded lines joined, encoded words decoded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
}

export interface MailServer {
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** The first mail that fits, as soon as it is there. */
  mail(fits: (mail: ReceivedMail) => boolean): Promise<ReceivedMail>;
}

/** A real SMTP server on loopback. @param refuses recipients that it refuses for good */
export async function startMailServer(
  t: { after(end: () => Promise<void>): void },
  options: { port?: number; refuses?: (address: string) => boolean } = {},
): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const waiting = new Set<() => void>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      const refused = options.refuses?.(address) === true;
      done(refused ? Object.assign(new Error(`${address}: no such mailbox`), { responseCode: 550 }) : null);
    },
    onData(stream, { envelope }, done) {
      text(stream).then((raw) => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        received.push({ from, to: envelope.rcptTo.map(({ address }) => address), ...read(raw) });
        done();
        for (const look of waiting) look();
      }, done);
    },
  });
  server.on('error', () => {});
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server.server, 'listening');
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received,
    mail: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = received.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

function headersOf(block: string): Map<string, string> {
  const lines = block.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), words(line.slice(at + 1).trim())];
    }),
  );
}

/** RFC 2047. */
function words(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, body: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(body, 'base64').toString() : quoted(body.replaceAll('_', ' ')),
    );
}

function quoted(body: string): string {
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A multipart/alternative with a text and an HTML part. */
function read(raw: string): Pick<ReceivedMail, 'headers' | 'text' | 'html'> {
  const end = raw.indexOf('\r\n\r\n');
  const headers = headersOf(raw.slice(0, end));
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1] ?? '';
  const parts = raw
    .slice(end)
    .split(`--${boundary}`)
    .map((part) => {
      const at = part.indexOf('\r\n\r\n');
      const inner = headersOf(part.slice(2, at));
      const body = part.slice(at + 4);
      const base64 = inner.get('content-transfer-encoding') === 'base64';
      return {
        type: inner.get('content-type') ?? '',
        body: base64 ? Buffer.from(body, 'base64').toString() : quoted(body),
      };
    });
  const of = (type: string) => parts.find((part) => part.type.startsWith(type))?.body ?? '';
  return { headers, text: of('text/plain'), html: of('text/html') };
}
