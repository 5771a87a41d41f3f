/** Metrics for a person: names aligned, numbers with four significant digits; groups of metrics one to a line. */
export function metricsText(metrics: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(metrics);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return names.map((name) => `${name.padEnd(width)}${valueText(metrics[name])}`).join("\n");
}

/** A number with four significant digits, whole ones as they are; `n/a` where a metric is not defined. */
export function numberText(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "n/a";
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}

function valueText(value: unknown): string {
  if (value === null || typeof value === "number") return numberText(value);
  if (typeof value !== "object") return String(value);
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .map(([name, own]) => `${name} ${valueText(own)}`)
    .join("  ");
}
