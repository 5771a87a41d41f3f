/** A whole number with thousands separators. */
export const whole = (value: number): string => value.toLocaleString("en-US");

/** A share in per cent, with more decimals near 0. */
export function percent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return "n/a";
  const value = 100 * share;
  if (value === 0) return "0 %";
  return `${value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2))} %`;
}

/** A number with three digits. */
export function figure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "n/a";
  if (Math.abs(value) >= 1000) return whole(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** A cosine, a score or the like, with two decimals. */
export const share = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? "n/a" : value.toFixed(2);

/** A count and its noun. */
export const counted = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A token as it is seen: line breaks, tabs and empty texts by signs. */
export const visible = (text: string): string =>
  text === "" ? "∅" : text.replaceAll("\n", "↵").replaceAll("\t", "⇥").replaceAll("\r", "");
