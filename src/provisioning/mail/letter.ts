import type { MailContents } from '#actions/mail/queue.ts';
import type { MailDelivery } from '#storage/collections.ts';

/** A mail as it goes out. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Words a mail in the reader's language. */
export type Compose = (template: MailDelivery['template'], locale: string, contents: MailContents) => Omit<Mail, 'to'>;
