/** A text in lines of at most `columns` characters, broken at spaces; words that are longer stand alone. */
export function wrapped(text: string, columns: number, indent: string = ""): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const begin = rest.search(/\S/);
    const space = rest.lastIndexOf(" ", columns);
    const cut = space > Math.max(begin, indent.length - 1) ? space : rest.indexOf(" ", Math.max(begin, columns));
    if (cut < 0) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${indent}${rest.slice(cut).trimStart()}`;
  }
  return [...lines, rest];
}
