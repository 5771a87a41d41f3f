import { h } from "../element.js";
import type { Page } from "../page.js";
import { shellWord } from "../shellWord.js";

/** The command that computes the figures of a card again. */
export const recompute = (page: Page, latent: number): HTMLElement =>
  h(
    "footer",
    { class: "recompute" },
    h("p", { class: "muted" }, "Every figure of this card comes from this command:"),
    commandLine(page, `--latents ${latent}`),
  );

/** A `monosema features` command of this page with further options, to be copied. */
export function commandLine({ data, say }: Page, more: string): HTMLElement {
  const { checkpoint, options } = data.head;
  return copyLine(
    ["monosema features", shellWord(checkpoint), options, more].filter((part) => part !== "").join(" "),
    say,
  );
}

/** A command that can be copied. */
export function copyLine(command: string, say: (text: string) => void): HTMLElement {
  const code = h("code", { tabindex: 0 }, command);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(command);
      say("The command is copied.");
      button.textContent = "Copied";
    } catch {
      getSelection()?.selectAllChildren(code);
      say("The command is marked; copy it with the keyboard.");
      button.textContent = "Marked";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  };
  const button = h(
    "button",
    { type: "button", class: "quiet", "aria-label": "Copy the command", onclick: copy },
    "Copy",
  );
  return h("div", { class: "command" }, code, button);
}
