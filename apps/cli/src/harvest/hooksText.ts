import type { Hook } from "@monosema/harvest";

/** Hooks for a person: those that differ by the number of their layer stand in one line, `blocks.{0..29}.hook_resid_post`. */
export function collapsedHooks(hooks: readonly Hook[]): readonly string[] {
  const layers = new Map<string, { readonly numbers: number[]; readonly shape: string }>();
  for (const { name, shape = [] } of hooks) {
    const [, layer] = /\.(\d+)\./.exec(name) ?? [];
    const key = layer === undefined ? name : name.replace(`.${layer}.`, ".{}.");
    const known = layers.get(key) ?? { numbers: [], shape: shape.length === 0 ? "" : `[${shape.join(", ")}]` };
    if (layer !== undefined) known.numbers.push(Number(layer));
    layers.set(key, known);
  }
  const rows = [...layers].map(([key, { numbers, shape }]) => [key.replace("{}", ranges(numbers)), shape] as const);
  const width = rows.reduce((most, [name]) => Math.max(most, name.length), 0);
  return rows.map(([name, shape]) => `${name.padEnd(width)}  ${shape}`.trimEnd());
}

/** `3`, `{0..5}` or `{0,2}`. */
function ranges(numbers: readonly number[]): string {
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  if (numbers.length === 1) return String(first);
  return last - first + 1 === numbers.length ? `{${first}..${last}}` : `{${numbers.join(",")}}`;
}
