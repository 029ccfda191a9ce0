import type { Request } from 'express';
import type { PolicyEdit } from '#domain/policy/edit/edit.ts';
import { fieldList } from '#http/middleware/upload.ts';
import { text } from '../route.ts';
import { formPage, formPost, type PartForm } from './form.ts';
import { placeOf } from './rule.ts';

const spare = 2;

const form: PartForm = {
  part: 'separation',
  show(req, { document }) {
    const index = placeOf(text(req.query.index), document.separation.length);
    const rule = index === undefined ? undefined : document.separation[index];
    return view({ index, id: rule?.id ?? '', title: rule?.title ?? '', mode: rule?.mode ?? 'prevent' }, rule?.conflict);
  },
  sent: (req) => view(filledOf(req), conflictOf(req)),
  edit(req, remove): PolicyEdit {
    const { index, id, title, mode } = filledOf(req);
    const at = index === undefined ? {} : { at: index };
    if (remove) return { part: 'separation', ...at };
    return { part: 'separation', ...at, value: { id, title, conflict: conflictOf(req), mode } };
  },
};

function filledOf(req: Request) {
  const index = text(req.body?.index);
  return {
    index: index === '' ? undefined : Number(index),
    id: text(req.body?.id),
    title: text(req.body?.title),
    mode: text(req.body?.mode),
  };
}

function conflictOf(req: Request) {
  const systems = fieldList(req, 'system');
  return fieldList(req, 'permission').flatMap((permission, row) =>
    permission.trim() === '' ? [] : [{ system: systems[row] ?? '', permission: permission.trim() }],
  );
}

function view(
  rule: ReturnType<typeof filledOf>,
  conflict: readonly { readonly system: string; readonly permission: string }[] = [],
) {
  const empty = Array.from({ length: Math.max(spare, 3 - conflict.length) }, () => ({ system: '', permission: '' }));
  return { rule, conflict: [...conflict, ...empty] };
}

export const separationPage = formPage(form);
export const separationPost = formPost(form);
