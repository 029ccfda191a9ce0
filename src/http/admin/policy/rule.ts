import type { Request } from 'express';
import { HubError } from '#domain/errors.ts';
import { textFields } from '#domain/people/fields.ts';
import { type ConditionRow, rowsOf, whenFrom, whenOf, whenText } from '#domain/policy/edit/condition-rows.ts';
import type { PolicyEdit } from '#domain/policy/edit/edit.ts';
import { fieldList } from '#http/middleware/upload.ts';
import { text } from '../route.ts';
import { type FormWorld, formPage, formPost, type PartForm } from './form.ts';

const tests: readonly ConditionRow['test'][] = ['equals', 'in', 'prefix', 'exists', 'missing'];
/** Empty rows to fill in, below those that there are. */
const spare = 3;

interface Filled {
  readonly index: number | undefined;
  readonly role: string;
  readonly rows: readonly ConditionRow[];
  readonly own: string;
  readonly from: string;
  readonly until: string;
}

/** The place in a list that a form is about; undefined: a new item. @throws HubError not-found */
export function placeOf(value: string, length: number): number | undefined {
  if (value === '') return undefined;
  const index = /^\d{1,6}$/.test(value) ? Number(value) : length;
  if (index >= length) throw new HubError('not-found');
  return index;
}

const form: PartForm = {
  part: 'rule',
  show(req, world) {
    const index = placeOf(text(req.query.index), world.document.assign.length);
    const rule = index === undefined ? undefined : world.document.assign[index];
    if (index === undefined || rule === undefined) {
      return view(world, { index, role: text(req.query.role), rows: [], own: '', from: '', until: '' });
    }
    const rows = rowsOf(rule.when);
    const own = rows === undefined ? whenText(world.draft.text, index) : '';
    const day = (at: number | undefined) =>
      at === undefined ? '' : new Date(at).toISOString().replace('T00:00:00.000Z', '');
    return view(world, { index, role: rule.role, rows: rows ?? [], own, from: day(rule.from), until: day(rule.until) });
  },
  sent: (req, world) => view(world, filledOf(req)),
  edit(req, remove): PolicyEdit {
    const { index, role, rows, own, from, until } = filledOf(req);
    const at = index === undefined ? {} : { at: index };
    if (remove) return { part: 'assign', ...at };
    const when = own === '' ? whenOf(rows) : whenFrom(own);
    if (own === '' && rows.length === 0 && text(req.body?.everyone) !== 'yes') {
      const message = 'say for whom: fill in a row, or tick that it holds for everybody';
      throw new HubError('invalid', undefined, { faults: [{ path: 'when', message }] });
    }
    return { part: 'assign', ...at, value: { role, when, from, until } };
  },
};

function filledOf(req: Request): Filled {
  const index = text(req.body?.index);
  const [attributes, kinds, values] = ['attribute', 'test', 'value'].map((name) => fieldList(req, name));
  return {
    index: index === '' ? undefined : Number(index),
    role: text(req.body?.role),
    rows: (attributes ?? []).flatMap((attribute, row): ConditionRow[] => {
      const test = tests.find((one) => one === kinds?.[row]) ?? 'equals';
      return attribute.trim() === '' ? [] : [{ attribute: attribute.trim(), test, value: values?.[row] ?? '' }];
    }),
    own: text(req.body?.own),
    from: text(req.body?.from),
    until: text(req.body?.until),
  };
}

function view(world: FormWorld, filled: Filled) {
  const empty = Array.from({ length: spare }, (): ConditionRow => ({ attribute: '', test: 'equals', value: '' }));
  return {
    rule: filled,
    rows: [...filled.rows, ...empty],
    everyone: filled.index !== undefined && filled.rows.length === 0 && filled.own === '',
    tests,
    attributes: [...textFields, 'status'].filter((name) => name !== 'name'),
    line: filled.index === undefined ? undefined : world.document.assign[filled.index]?.line,
  };
}

export const rulePage = formPage(form);
export const rulePost = formPost(form);
