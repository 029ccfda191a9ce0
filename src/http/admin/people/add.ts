import type { Request, Response } from 'express';
import { createPerson } from '#actions/people/create.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { text } from '../route.ts';

const fields = ['name', 'email', 'username', 'department', 'jobTitle', 'country', 'employeeNumber', 'lastDay'] as const;

/** `/admin/people/new` */
export async function addPersonPage(_req: Request, res: Response): Promise<void> {
  render(res, 'admin/person-new', { active: 'people', faults: {} });
}

/** Makes the person, or shows the form again with each fault beside its field. */
export async function addPerson(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const filled = Object.fromEntries(
    fields.flatMap((name) => {
      const value = text(req.body?.[name]);
      return value === '' ? [] : [[name, value]];
    }),
  );
  // A password's spaces count; it is never trimmed and never shown again.
  const password: unknown = req.body?.password;
  try {
    const person = await createPerson(services, originOf(req, res), {
      ...filled,
      ...(typeof password === 'string' && password !== '' ? { password } : {}),
    });
    flash(res, { tone: 'good', key: 'admin.people.added', values: { name: person.name } });
    res.redirect(303, `/admin/people/${person.id}`);
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.status >= 500) throw thrown;
    const faults = Object.fromEntries(thrown.faults.map(({ path, message }) => [path, message]));
    if (thrown.code === 'weak-password' && faults.password === undefined) faults.password = thrown.message;
    const state = context(res);
    state.filled = filled;
    state.flash = { tone: 'bad', key: 'admin.refused', values: { message: thrown.message } };
    render(res, 'admin/person-new', { active: 'people', faults }, thrown.status);
  }
}
