/** A share or cosine with three decimals; `n/a` where it is not a number. */
export const formatShare = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : "n/a");

/** Like {@link formatShare}, but very small values as powers of ten. */
export const formatSmall = (value: number): string =>
  value > 1e-9 && value < 0.0005 ? value.toExponential(0) : formatShare(value);

/** A count or a time with three significant digits or so. */
export function formatAmount(value: number): string {
  if (!Number.isFinite(value)) return "n/a";
  return value.toFixed(value < 99.95 ? 1 : 0);
}

/** A whole number with thousands separators. */
export const formatWhole = (value: number): string => Math.round(value).toLocaleString("en-US");

/** Seconds as `8.3 s`, `2 min 05 s` or `1 h 04 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Bytes as `1.2 kB`, `454 MB` or `2.3 GB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 99.95 ? 0 : 1)} ${["bytes", "kB", "MB", "GB", "TB"][power]}`;
}

/** Names of several things: A to Z, then #27 and on. */
export const formatLetter = (place: number): string => (place < 26 ? String.fromCharCode(65 + place) : `#${place + 1}`);

/** The last part of a path. A page is passed on: the folders of who made it stay out of it. */
export const fileName = (path: string): string => path.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
