/** `npm start`: the hub by its configuration. */
import { keepCompiled } from './compiled.ts';

keepCompiled();
const { serve } = await import('./serve.ts');
await serve();
