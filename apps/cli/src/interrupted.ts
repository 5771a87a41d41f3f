/** The reason of an aborted signal: the person stopped the command, exit status 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** What a stopped command says. */
export const interruption = (kept: string | undefined): string => `interrupted; ${kept ?? "nothing was kept"}`;
