import type { IncomingMessage } from 'node:http';
import { HubError } from '#domain/errors.ts';

/**
 * Reads a body up to a limit, told beforehand or not (chunked). Beyond it nothing more is kept and the answer is given at once; the
 * rest is drained, so that the client reads the answer instead of a connection that broke off.
 * @param remedy what is right, for the answer
 * @throws HubError `too-large`, `bad-request` for a body that broke off
 */
export function readBounded(req: IncomingMessage, limit: number, remedy: string): Promise<Buffer> {
  const tooLarge = () => new HubError('too-large', remedy);
  if (Number(req.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      req.off('data', take);
      req.resume();
      reject(tooLarge());
    };
    req.on('data', take);
    req.once('end', () => resolve(Buffer.concat(chunks)));
    req.once('error', (cause) => reject(new HubError('bad-request', 'The body broke off', { cause })));
    req.once('close', () => reject(new HubError('bad-request', 'The body broke off')));
  });
}
