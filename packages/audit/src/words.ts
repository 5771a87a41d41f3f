/** A whole number with thousands separators. */
export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** A share in per cent; near 0 and 1 with as many decimals as tell it from them. */
export function percent(share: number): string {
  const near = share < 0.01 || share > 0.99;
  return `${Number((100 * share).toFixed(near ? 2 : 0))} %`;
}

/** `1 pair`, `2 pairs`. */
export const counted = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;
