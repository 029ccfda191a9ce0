import type { Request, Response } from 'express';
import { everyRecord } from '#actions/access/reading.ts';
import { countsOf } from '#actions/unify/list.ts';
import { type NewFile, startUnification } from '#actions/unify/start.ts';
import { HubError } from '#domain/errors.ts';
import type { ListName } from '#domain/unify/outcome/groups.ts';
import { encodings } from '#domain/unify/read/decode.ts';
import type { HttpDeps } from '#http/deps.ts';
import { uploaded } from '#http/middleware/files.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people, unifications } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';

const lists = ['crm', 'erp', 'directory'] as const;
const orders: readonly (readonly ListName[])[] = [
  ['directory', 'erp', 'crm'],
  ['directory', 'crm', 'erp'],
  ['crm', 'erp', 'directory'],
  ['erp', 'crm', 'directory'],
];

/** `/admin/unify`: the unifications so far, and the form that begins one. */
export async function unifyPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const records = (await Array.fromAsync(everyRecord(services.store, unifications))).toReversed();
  const runs = await Promise.all(
    records.slice(0, 50).map(async (record) => ({ ...record, counts: await countsOf(services, record.id) })),
  );
  const { all: systems } = await systemNames(services);
  render(res, 'admin/unify', {
    active: 'unify',
    people: await services.store.count(people),
    runs,
    sides: { crm: systems.filter(({ side }) => side !== 'erp'), erp: systems.filter(({ side }) => side !== 'crm') },
    encodings,
    orders,
  });
}

/** Takes the files in and leads on to their mapping. */
export async function startUnify(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  let at = '/admin/unify';
  const act = async (): Promise<void> => {
    const encoding = text(req.body?.encoding);
    const files: { [list in (typeof lists)[number]]?: NewFile } = {};
    const missing = [];
    for (const list of lists) {
      const file = uploaded(res.locals, list);
      if (file !== undefined) files[list] = { ...file, encoding };
      else if (list !== 'directory') missing.push({ path: list, message: 'choose a file' });
    }
    const { crm, erp, directory } = files;
    if (crm === undefined || erp === undefined) throw new HubError('invalid', undefined, { faults: missing });
    const record = await startUnification(services, originOf(req, res), {
      files: { crm, erp, ...(directory === undefined ? {} : { directory }) },
      systems: { crm: text(req.body?.crmSystem), erp: text(req.body?.erpSystem) },
      unknown: (['disabled', 'as-exported'] as const).find((how) => how === text(req.body?.unknown)),
      sources: orders.find((order) => order.join(' ') === text(req.body?.sources)),
    });
    at = `/admin/unify/${record.id}`;
  };
  // The way back is known only when it is done.
  await refusedAsLine(res, () => at, act);
}
