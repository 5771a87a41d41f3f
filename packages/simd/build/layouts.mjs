/**
 * The unmanaged classes of an AssemblyScript source as TypeScript layouts, field by field: `class TopK` becomes `topKLayout`. Every field
 * has 4 bytes, so that they follow each other without gaps.
 */
export function layoutsOf(file, source) {
  return [...source.matchAll(/@unmanaged\s+export class (\w+) \{\n(.*?)\n\}/gs)].map(([, name, body]) => {
    const fields = body.replace(/\/\*\*.*?\*\//gs, "").split("\n");
    const lines = fields.flatMap((line) => (line.trim() === "" ? [] : [`  ${fieldOf(file, name, line)},\n`]));
    return `export const ${name[0].toLowerCase()}${name.slice(1)}Layout = {\n${lines.join("")}} as const;\n`;
  });
}

/** How the host writes the types of fields. */
const types = { usize: "u32", i32: "u32", u32: "u32", f32: "f32" };

function fieldOf(file, name, line) {
  const [, field, type] = /^ {2}(\w+): (\w+);$/.exec(line) ?? [];
  if (type in types) return `${field}: "${types[type]}"`;
  throw new Error(
    `kernels/${file}: a field of ${name} must be "name: type;" with a type of 4 bytes, got "${line.trim()}"`,
  );
}
