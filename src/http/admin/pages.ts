import type { Request } from 'express';
import { text, withQuery } from './route.ts';

/** Numbered pages of a list: where one is, and the links to the others; `undefined` stands for those left out. */
export interface Pages {
  readonly page: number;
  readonly count: number;
  readonly links: readonly ({ readonly number: number; readonly href: string } | undefined)[];
}

/** The page that a query asks for, from 1, and never one behind the last. */
export function pageAsked(req: Request, total: number, size: number, name = 'page'): number {
  const asked = Number.parseInt(text(req.query[name]), 10);
  return Math.min(Math.max(1, Number.isNaN(asked) ? 1 : asked), Math.max(1, Math.ceil(total / size)));
}

/** Links to the first, the last and the pages around this one; undefined where one page is all. */
export function pagesOf(req: Request, total: number, size: number, name = 'page'): Pages | undefined {
  const count = Math.ceil(total / size);
  if (count < 2) return undefined;
  const page = pageAsked(req, total, size, name);
  const shown = [...new Set([1, 2, page - 2, page - 1, page, page + 1, page + 2, count])]
    .filter((number) => number >= 1 && number <= count)
    .sort((a, b) => a - b);
  const links: Pages['links'][number][] = [];
  for (const [at, number] of shown.entries()) {
    if (at > 0 && number > (shown[at - 1] ?? 0) + 1) links.push(undefined);
    links.push({ number, href: withQuery(req, { [name]: number === 1 ? undefined : String(number) }) });
  }
  return { page, count, links };
}
