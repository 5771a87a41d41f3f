/** The first key that stands twice in one object of a valid JSON text (JSON.parse keeps the last silently), or undefined. */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  let at = 0;
  while (at < json.length) {
    const character = json[at];
    if (character === "{" || character === "[") open.push(new Set());
    else if (character === "}" || character === "]") open.pop();
    if (character !== '"') {
      at++;
      continue;
    }
    const end = stringEnd(json, at);
    const isKey = /\s*:/y;
    isKey.lastIndex = end;
    if (isKey.test(json)) {
      const key = JSON.parse(json.slice(at, end)) as string;
      const seen = open.at(-1) as Set<string>;
      if (seen.has(key)) return key;
      seen.add(key);
    }
    at = end;
  }
  return undefined;
}

/** Index after the closing quote of the string that starts at `start`. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}
