import type { SystemModule } from './system-module.ts';

/** One line of what to type into a product: where, in which field, which value. */
export interface GuideLine {
  readonly step: string;
  readonly field: string;
  readonly value: string;
}

/**
 * Fills the `{…}` of a template. A name without a value stays as it is written, so that a gap is seen and not pasted.
 *
 * @param values name to value, as listed at `Template`; `settings.x` under that very name
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string | undefined>>): string {
  return template.replace(/\{([A-Za-z][A-Za-z.]*)\}/g, (written, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? written) : written,
  );
}

/** The guide of a module with real values, one line a field, in the order in which they are typed. */
export function guideOf(
  { guide = [] }: Pick<SystemModule, 'guide'>,
  protocol: 'oidc' | 'saml',
  values: Readonly<Record<string, string | undefined>>,
): GuideLine[] {
  return guide
    .filter((part) => part.protocol === undefined || part.protocol === protocol)
    .flatMap(({ step, fields }) =>
      fields.map(([field, value]) => ({ step, field, value: fillTemplate(value, values) })),
    );
}
