import { HubError } from '#domain/errors.ts';

/** Deeper than anything the API takes; a document of 10,000 levels is refused before anything walks into it. */
const maxDepth = 32;

/**
 * Parses JSON that comes from outside.
 * @throws HubError bad-request (400) for malformed text, half a character, and too many levels; invalid (422) for a key `__proto__`
 */
export function parseJson(text: string): unknown {
  checkDepth(text);
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
        throw new HubError('bad-request', 'The body holds half a surrogate pair, which is no character');
      }
      if (key !== '__proto__') return value;
      throw new HubError('invalid', undefined, { faults: [{ path: key, message: 'This key is not known here' }] });
    });
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError('bad-request', 'The body is not JSON', { cause });
  }
}

/** Counts brackets outside strings, without recursion. */
function checkDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > maxDepth) throw new HubError('bad-request', `The body is nested deeper than ${maxDepth} levels`);
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
}
