import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { exportPerson } from '#actions/people/data/export/export.ts';
import { dataReleases } from '#actions/people/data/releases.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { takeTry } from '#actions/signin/tries.ts';
import { context } from '#http/context.ts';
import { shownReleases } from '#http/data-releases.ts';
import { permissionName } from '#http/i18n/permissions.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';

const path = '/account/data';
/** One looks through everything there is. */
const exportsAnHour = { count: 5, windowMs: 60 * 60 * 1000 };

/** Which system receives what about me, and why? */
export const dataPage: RequestHandler = async (_req, res) => {
  const { deps, texts } = context(res);
  const [releases, names, { compiled }] = await Promise.all([
    dataReleases(deps.services, viewer(res).person),
    systemNames(deps.services),
    policyInForce(deps.services),
  ]);
  const inWords = (permission: string) => permissionName(texts, compiled.document.domains, permission);
  render(res, 'account/data', {
    systems: shownReleases(texts, names, releases, inWords),
    readBackTo: releases.readBackTo,
  });
};

/** Everything about me as a file, after a fresh sign-in. */
export const dataExport: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const { person } = viewer(res);
  if (!(await freshOrAgain(res, `${path}/export`))) return;
  const { taken } = await takeTry(services, [{ id: `export:${person.id}`, limit: exportsAnHour }]);
  if (!taken) {
    flash(res, { tone: 'warn', key: 'data.tooOften' });
    return res.redirect(303, path);
  }
  const content = await exportPerson(services, originOf(req, res), person);
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('content-disposition', 'attachment; filename="my-data.json"');
  res.setHeader('cache-control', 'no-store');
  await pipeline(content, res);
};
