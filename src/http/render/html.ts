/** A piece of HTML that is already safe. Templates write every other value escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute; `Html` passes, nothing becomes the empty string. */
export function escapeHtml(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (value === undefined || value === null) return '';
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
