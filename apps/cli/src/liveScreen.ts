import type { Screen } from "./host.js";

/** Shows a text in the place of the one before, none where it is empty; the shorter one is for where nothing can be redrawn. */
export type LiveScreen = (text: string, short: string) => void;

/** Lines that are shown: those of a common terminal. */
const most = 22;

/** A text on a terminal that is drawn over. Lines that are too long or too many are cut: the terminal would break or scroll them. */
export function liveScreen({ write, columns }: Screen): LiveScreen {
  let drawn = 0;
  return (text) => {
    const lines = text === "" ? [] : text.trimEnd().split("\n").slice(0, most);
    const back = drawn === 0 ? "" : `\u001b[${drawn}A\u001b[J`;
    write(`${back}${lines.map((line) => `${line.slice(0, columns - 1)}\n`).join("")}`);
    drawn = lines.length;
  };
}
