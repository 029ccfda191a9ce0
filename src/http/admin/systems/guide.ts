import type { Request, Response } from 'express';
import { guideFor, secretPlaceholder } from '#actions/systems/guide.ts';
import { bySecret } from '#actions/systems/secret.ts';
import type { GuideLine } from '#domain/providers/guide.ts';
import type { HttpDeps } from '#http/deps.ts';
import { renderSystem, systemOf } from './frame.ts';
import { takeShownOnce } from './once.ts';

/** `/admin/systems/:id/guide`: what to type into the product; the secret only right after it was made. */
export async function guidePage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  const module = services.modules.get(system.provider);
  const secret = takeShownOnce(req, res, system.id);
  renderSystem(
    res,
    services,
    system,
    { tab: 'guide', view: 'guide' },
    {
      secret,
      hasSecret: bySecret(system.auth),
      placeholder: secretPlaceholder,
      steps: stepsOf(guideFor(services, system, secret)),
      quirks: module?.quirks ?? [],
      matching: module?.matching,
      signOut: module?.signOut,
    },
  );
}

/** Lines that stand one after another in the same place of the product. */
function stepsOf(lines: readonly GuideLine[]) {
  const steps: { step: string; lines: GuideLine[] }[] = [];
  for (const line of lines) {
    const last = steps.at(-1);
    if (last?.step === line.step) last.lines.push(line);
    else steps.push({ step: line.step, lines: [line] });
  }
  return steps;
}
