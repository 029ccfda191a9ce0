import type { CommandIo } from '../io.ts';

/** A company smaller than this is done before anybody could read the line. */
const worthSaying = 20_000;

/** Says on standard error how far a question about everybody has come: at every tenth. */
export function progressNote(io: CommandIo): (done: number, all: number) => void {
  let said = 0;
  return (done, all) => {
    const tenth = all < worthSaying ? 0 : Math.floor((10 * done) / all);
    if (tenth <= said) return;
    said = tenth;
    io.note(`${tenth * 10} % of ${all} people`);
  };
}
