import type { Request } from 'express';
import type { PolicyEdit } from '#domain/policy/edit/edit.ts';
import { text } from '../route.ts';
import { formPage, formPost, type PartForm } from './form.ts';
import { placeOf } from './rule.ts';

const form: PartForm = {
  part: 'delegation',
  show(req, { document }) {
    const index = placeOf(text(req.query.index), document.delegations.length);
    const one = index === undefined ? undefined : document.delegations[index];
    return { delegation: { index, from: one?.from ?? '', to: one?.to ?? '', list: one?.permissions ?? [] } };
  },
  sent: (req) => ({ delegation: filledOf(req) }),
  edit(req, remove): PolicyEdit {
    const { index, from, to, list } = filledOf(req);
    const at = index === undefined ? {} : { at: index };
    if (remove) return { part: 'delegations', ...at };
    return { part: 'delegations', ...at, value: { from, to, permissions: list } };
  },
};

function filledOf(req: Request) {
  const index = text(req.body?.index);
  const list = text(req.body?.permissions).split(/[\s,;]+/);
  return {
    index: index === '' ? undefined : Number(index),
    from: text(req.body?.from),
    to: text(req.body?.to),
    list: list.filter((one) => one !== ''),
  };
}

export const delegationPage = formPage(form);
export const delegationPost = formPost(form);
