/** The admin console in Chromium: every page at desk and phone width, light and dark, in four languages, with real events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepPreview } from '#actions/people/import/kept-preview.ts';
import { adminRoutes } from '#http/admin/routes.ts';
import { startChromium } from '#test/support/chromium.ts';
import { authorizeUrl, checkPage, pagesHub, signInPage } from './support.ts';

for (const [width, colorScheme, locale] of [
  [1280, 'light', 'en'],
  [390, 'dark', 'pl'],
  [390, 'light', 'zh-CN'],
  [1280, 'dark', 'zh-TW'],
] as const)
  test(`no page of the console has serious faults of accessibility or scrolls sideways: ${width}, ${colorScheme}, ${locale}`, async (t) => {
    const browser = await startChromium(t);
    if (browser === undefined) return;
    const hub = await pagesHub(t);
    const owner = await hub.person('owner', 'hub-owner');
    const anna = await hub.person('anna', 'sales');
    await hub.person('clerk', 'clerk');
    // Something to see: one enters, one is refused.
    for (const [name, system] of [
      ['anna', 'crm'],
      ['clerk', 'erp'],
    ] as const) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await signInPage(page, hub, name);
      // Nobody listens where a granted entry leads.
      await page.goto(authorizeUrl(hub.issuer, system)).catch(() => undefined);
      await context.close();
    }
    const [event] = (await hub.services.store.audit.query({ type: 'entry.denied', limit: 1 })).items;
    assert.ok(event !== undefined, 'the refused entry is on the record');
    const asked = { actor: { kind: 'person', id: owner.id } } as const;
    const file = Buffer.from('email,name,department\nanna@x.example,Anna,Board\nnew@x.example,New,\n');
    const preview = await keepPreview(hub.services, asked, 'people.csv', file, {});
    const pages = [
      ...adminRoutes
        .filter(({ method, path }) => method === 'get' && !/export$/.test(path) && !path.endsWith('.csv'))
        // A unification and a breach have journeys of their own, which look at their pages as well.
        .filter(({ path }) => !path.startsWith('/admin/unify/') && !path.startsWith('/admin/conflicts/'))
        .map(({ path }) => path)
        .map((path) =>
          path
            .replace('import/:id', `import/${preview.id}`)
            .replace('people/:id', `people/${anna.id}`)
            .replace('systems/:id', 'systems/crm')
            .replace('audit/:id', `audit/${event.id}`)
            .replace(':number', '1'),
        )
        // What else has an address of its own (a source, a review) is made and looked at by its own journey.
        .filter((path) => !path.includes(':')),
      '/admin/people?q=nobody-of-that-name',
      '/admin/audit?via=crm&system=erp',
      '/admin/audit?outcome=denied',
      '/admin/deliveries?status=failed',
    ];
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale });
    const page = await context.newPage();
    await signInPage(page, hub, 'owner');
    for (const path of pages) {
      const answer = await page.goto(hub.issuer + path);
      assert.equal(answer?.status(), 200, path);
      await checkPage(page, `${path} at ${width}, ${colorScheme}, ${locale}`);
    }
    await context.close();
  });
