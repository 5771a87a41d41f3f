import type { Names } from "./names.js";
import type { PageData } from "./pageData.js";
import type { Store } from "./store.js";

/** What the parts of the page share. */
export interface Page {
  /** The data. */
  readonly data: PageData;
  /** Names, edited or given. */
  readonly names: Names;
  /** What the person has chosen. */
  readonly store: Store;
  /** Says something to a screen reader, and in the line of status. */
  say(text: string): void;
  /** Opens the card of a feature. */
  open(place: number, options?: OpenOptions): void;
  /** Shows list and card anew, after names have changed. */
  redraw(): void;
}

/** How a card is opened. */
export interface OpenOptions {
  /** Takes the place of the address now, as the list does where arrow keys pass over features. Default false: the back button returns. */
  readonly replace?: boolean;
  /** Moves the focus to the card. Default false where the card stands beside the list. */
  readonly focus?: boolean;
}

/** Name of a feature, else what stands in for one, else its number. */
export function titleOf({ data, names }: Page, place: number): string {
  const name = names.of(place) || (data.head.list.label[place] as string);
  return name || (data.head.list.rate[place] === 0 ? "never fires" : "no name");
}
