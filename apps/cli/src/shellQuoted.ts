/** An argument as a person can paste it into a shell: as it is where nothing in it is special, else in single quotes. */
export function shellQuoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
