import type { SystemModule } from '#domain/providers/system-module.ts';
import { generic } from './systems/other/generic.ts';

/** Every product that a system may name as its `provider`. The composition root hands this list in. */
export const systemModules: readonly SystemModule[] = [generic];
