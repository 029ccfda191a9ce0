/**
 * Takes a text that comes in pieces apart at line feeds, and at nothing else: a JSON text may hold U+2028 and its like, at which
 * `node:readline` breaks too.
 */
export class Lines {
  #pieces: string[] = [];

  /** @returns the lines that this piece completes, without their ends. */
  push(piece: string): string[] {
    const [first = '', ...rest] = piece.split('\n');
    this.#pieces.push(first);
    if (rest.length === 0) return [];
    const complete = [this.#pieces.join(''), ...rest.slice(0, -1)];
    this.#pieces = [rest.at(-1) ?? ''];
    return complete;
  }

  /** What came after the last line feed. */
  rest(): string {
    return this.#pieces.join('');
  }
}

/** Every line of a stream of text. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const lines = new Lines();
  for await (const piece of pieces) yield* lines.push(piece);
  if (lines.rest() !== '') yield lines.rest();
}
