import type { RequestHandler } from 'express';
import { render } from '#http/render/page.ts';
import { currentStep } from './current.ts';
import { takeCode } from './second.ts';

/** For who does not have the second factor at hand: one of the ten codes. */
export const recoveryForm: RequestHandler = async (req, res) => {
  const step = await currentStep(req, res);
  if (step !== undefined) render(res, 'pages/recovery-code', { uid: step.view.uid, system: step.view.system });
};

export const tryRecoveryCode: RequestHandler = (req, res) => takeCode(req, res, 'recovery-code');
