import { type LatentNames, parseLatentNames } from "@monosema/sdl";
import { parseJson } from "@monosema/tensor";
import { openText } from "./data.js";
import type { Option } from "./options.js";
import type { Session } from "./session.js";

/** Names of latents. */
export const namesOption: Readonly<Record<"names", Option>> = {
  names: {
    value: "FILE.json",
    help: 'names of latents, {"613": "digits"}, such as the page of features gives them',
    path: "input",
  },
};

/** The names of `--names`; undefined without. */
export async function namesFrom({ given }: Session, nQ: number): Promise<LatentNames | undefined> {
  const path = given.text("names");
  if (path === undefined) return undefined;
  return parseLatentNames(parseJson(await openText("names", path), "--names"), nQ, "--names");
}
