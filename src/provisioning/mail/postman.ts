import type { Transporter } from 'nodemailer';
import type { Services } from '#actions/services.ts';
import { isLoopback } from '#domain/systems/addresses.ts';
import type { Mail } from './letter.ts';

/** How long the server may take to answer each step, in ms. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** Connections at the same time. */
const maxConnections = 3;

/** A mail that no further try would bring there. */
export class Undeliverable extends Error {}

export interface Postman {
  /** @throws Undeliverable; another error when a later try may succeed */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** One address and nothing beside it: no list, no name, no line break, nothing that a header would read otherwise. */
const address = /^[^\s<>()[\]\\,;:"@\p{Cc}]+@[^\s<>()[\]\\,;:"@\p{Cc}]+$/u;

/** Sends by the settings. The library is loaded with the first mail, as a hub may never send one. */
export function createPostman({ settings, log }: Pick<Services, 'settings' | 'log'>): Postman {
  let transport: Promise<Transporter> | undefined;
  const { mail: server, mailFrom } = settings;
  return {
    async send({ to, subject, text, html }) {
      if (!address.test(to)) throw new Undeliverable('the address is none');
      if (server.kind === 'log') {
        // On purpose with its link: whoever sets `log:` reads mails here. Doctor warns of it in production.
        log.info({ to, subject, text }, 'a mail, printed instead of sent (mail: log:)');
        return;
      }
      transport ??= connect(server.url, settings.production);
      const message = {
        from: mailFrom,
        to: { name: '', address: to },
        subject: subject.replace(/[\p{Cc}\u2028\u2029]+/gu, ' '),
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      };
      try {
        await (await transport).sendMail(message);
      } catch (error) {
        if (isFinal(error)) throw new Undeliverable(error instanceof Error ? error.message : 'refused');
        throw error;
      }
    },
    close() {
      void transport?.then((open) => open.close());
    },
  };
}

async function connect(url: string, production: boolean): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const { hostname, username } = new URL(url);
  // A password, and in production every mail, goes beyond this machine under TLS alone (RFC 8314, 3).
  const requireTLS = !isLoopback(hostname) && (production || username !== '');
  const options = { url, pool: true as const, maxConnections, requireTLS, ...patience };
  return createTransport(options) as unknown as Transporter;
}

/** The server will never take it: it refused this recipient for good (RFC 5321, 4.2.1). */
function isFinal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { responseCode, command } = error as { responseCode?: number; command?: string };
  return command === 'RCPT TO' && responseCode !== undefined && responseCode >= 500;
}
