import { readReason } from '#domain/unify/reasons.ts';
import type { Texts } from '#http/i18n/catalogue.ts';

/** A reason of matching in the reader's language. */
export function reasonText({ t }: Pick<Texts, 't'>, text: string): string {
  const reason = readReason(text);
  if (reason === undefined) return text;
  const told = t(`admin.unify.evidence.${reason.code}`, reason.values);
  if (reason.notes.length === 0) return told;
  const notes = reason.notes.map((note) => t(`admin.unify.evidenceNote.${note}`)).join(', ');
  return t('admin.unify.evidenceNoted', { told, notes });
}
