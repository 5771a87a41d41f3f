import { fileURLToPath } from "node:url";

/** Path of the program, for processes of its own. */
export const program: string = fileURLToPath(new URL("../bin/monosema.js", import.meta.url));
