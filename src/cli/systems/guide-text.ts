import type { GuideLine } from '#domain/providers/guide.ts';

/** A guide for reading: the place in the product once, its fields below it. */
export function guideText(guide: readonly GuideLine[]): string[] {
  return guide.flatMap(({ step, field, value }, index) => [
    ...(guide[index - 1]?.step === step ? [] : [`  ${step}`]),
    `    ${field}: ${value}`,
  ]);
}
