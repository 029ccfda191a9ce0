import type { Response } from 'express';
import { Html, html, type Piece } from './html.ts';
import type { Session } from './sessions.ts';

/** How a system looks: its name and its side's mark. */
export interface Face {
  readonly title: string;
  readonly side: 'crm' | 'erp';
  readonly nav: readonly { readonly href: string; readonly text: string }[];
}

export function sendPage(
  res: Response,
  face: Face,
  { title, session, body, status = 200 }: { title: string; session?: Session; body: Html; status?: number },
): void {
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${face.title}</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,"></head>
<body class="${face.side}">
<div class="bar"><header>
<a class="brand" href="/">${face.title}</a>
${
  session !== undefined &&
  html`<nav aria-label="Main">${face.nav.map(({ href, text }) => html`<a href="${href}">${text}</a> `)}</nav>
<form method="post" action="/logout"><span>${session.profile.name}</span><input type="hidden" name="csrf" value="${session.csrf}"><button>Sign out</button></form>`
}
</header></div>
<main><h1>${title}</h1>
${body}</main>
<footer>${face.title} is a sample system. Its business data is made up and kept in memory.</footer>
</body></html>`;
  res.status(status).type('html').send(page.text);
}

export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => Piece;
  readonly number?: true;
}

/** A table that turns into cards on a phone: each cell carries its heading. */
export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): Html {
  if (rows.length === 0) return html`<p class="soft">None.</p>`;
  const kind = (column: Column<T>): Html => new Html(column.number === true ? ' class="number"' : '');
  return html`<div class="card"><table aria-label="${caption}">
<thead><tr>${columns.map((column) => html`<th scope="col"${kind(column)}>${column.head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column) => html`<td${kind(column)} data-label="${column.head}"><span>${column.cell(row)}</span></td>`)}</tr>`)}</tbody>
</table></div>`;
}

const dates = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** A day (`2026-03-01`) in words. */
export function day(date: string): string {
  return dates.format(new Date(`${date}T00:00:00Z`));
}

export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount);
}
