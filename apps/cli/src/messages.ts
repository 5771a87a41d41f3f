import type { News } from "./host.js";

/** What the thread of a command sends to the one that watches over it. */
export type FromCommand =
  | { readonly kind: "out" | "err"; readonly text: string }
  | { readonly kind: "news"; readonly news: News }
  | { readonly kind: "add" | "addFolder" | "drop"; readonly path: string }
  | { readonly kind: "stopping" }
  | { readonly kind: "ended"; readonly status: number };

/** What comes back: the person asks it to stop, or the terminal has another width. */
export type ToCommand = { readonly kind: "stop" } | { readonly kind: "columns"; readonly columns: number };

/** What a command's thread is started with. */
export interface CommandThread {
  /** Arguments after the program name. */
  readonly args: readonly string[];
  /** The two screens. */
  readonly out: ScreenFacts;
  /** See `out`. */
  readonly err: ScreenFacts;
}

/** What is known of a screen. */
export interface ScreenFacts {
  /** Whether a person looks at it. */
  readonly isTTY: boolean;
  /** Characters per line. */
  readonly columns: number;
}
