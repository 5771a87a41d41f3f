import { type Child, h } from "../element.js";

/** A part of the card with its heading and a word on how to read it. */
export const section = (title: string, hint: string | undefined, ...content: readonly Child[]): HTMLElement =>
  h("section", {}, h("h3", {}, title), hint === undefined ? undefined : h("p", { class: "hint" }, hint), content);
