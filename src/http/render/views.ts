/** The view engine: eta templates in views/, every value escaped unless it is `Html`. */
import { resolve } from 'node:path';
import { Eta } from 'eta';
import { type Assets, loadAssets } from './assets.ts';
import { escapeHtml } from './html.ts';

const folder = resolve(import.meta.dirname, '../../../views');

export interface Views {
  readonly assets: Assets;
  /** @param name path below views/ without extension; @param data what the template sees as `it`. */
  render(name: string, data: object): string;
}

/** @param cache false while designing: templates are read again at each page. */
export function createViews(options: { cache?: boolean } = {}): Views {
  const eta = new Eta({
    views: folder,
    autoEscape: true,
    escapeFunction: escapeHtml,
    cache: options.cache ?? true,
    // The words every template uses; see render/page.ts for what they are.
    functionHeader:
      "const { t, html, dates, asset } = it; const piece = (name, data) => it.raw(include('/partials/' + name, data).trim());",
  });
  const { resolvePath } = eta;
  const places = new Map<string, string>();
  // Every template is named from the root of views/, so one look for each will do; eta would look at every piece of a page.
  eta.resolvePath = (name, options) => {
    const place = places.get(name) ?? resolvePath?.call(eta, name, options) ?? name;
    if (name.startsWith('/')) places.set(name, place);
    return place;
  };
  return {
    assets: loadAssets(),
    render: (name, data) => eta.render(`/${name}`, data),
  };
}
