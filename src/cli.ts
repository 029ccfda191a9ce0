/** `npm run hub -- <command>`. */
import { keepCompiled } from './compiled.ts';

keepCompiled();
const { run } = await import('./cli/run.ts');
await run();
