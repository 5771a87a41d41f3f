/** The person stopped the command: exit status 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor(message: string = "interrupted; nothing was kept") {
    super(message);
  }
}
