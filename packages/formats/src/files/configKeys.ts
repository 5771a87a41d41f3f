import { FormatError } from "@monosema/tensor";

/** A JSON object, or what reads like one. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Takes keys out of a config one by one; what nobody took is left over. */
export interface ConfigKeys {
  /** Whether a key is there with another value than null. */
  readonly has: (key: string) => boolean;
  /** A value as it stands; undefined where it is absent. */
  readonly raw: (key: string) => unknown;
  /** A whole number of at least 1; `otherwise` where it is absent or null. */
  readonly size: (key: string, otherwise?: number) => number;
  /** A finite number; `otherwise` where it is absent or null. */
  readonly number: (key: string, otherwise?: number) => number;
  /** True or false; `otherwise` where it is absent or null. */
  readonly flag: (key: string, otherwise: boolean) => boolean;
  /** A text; `otherwise` where it is absent or null. */
  readonly text: (key: string, otherwise?: string) => string;
  /** An object; empty where it is absent or null. */
  readonly part: (key: string) => ConfigKeys;
  /** Those of some keys that are texts or numbers, which play no part but say where a dictionary comes from. */
  readonly facts: (keys: readonly string[]) => JsonRecord;
  /** Keys that nobody took, those of parts with their path. */
  readonly left: () => string[];
}

/**
 * The keys of a config.
 *
 * @param file - for messages
 * @param path - where the config lies in the file, with a dot at the end. Default: the file is the config
 * @throws FormatError `bad-config` from its methods
 */
export function configKeys(config: JsonRecord, file: string, path = ""): ConfigKeys {
  const taken = new Set<string>();
  const parts: ConfigKeys[] = [];
  const raw = (key: string): unknown => {
    taken.add(key);
    return Object.hasOwn(config, key) ? config[key] : undefined;
  };
  const take = <T>(key: string, wanted: string, fits: (value: unknown) => value is T, otherwise?: T): T => {
    const value = raw(key) ?? otherwise;
    if (fits(value)) return value;
    const message = `${path}${key} must be ${wanted}, got ${shown(value)}; correct the file`;
    throw new FormatError("bad-config", message, { file });
  };
  return {
    has: (key) => Object.hasOwn(config, key) && config[key] != null,
    raw,
    size: (key, otherwise) => take(key, "a whole number of at least 1", isSize, otherwise),
    number: (key, otherwise) => take(key, "a number", isNumber, otherwise),
    flag: (key, otherwise) => take(key, "true or false", isFlag, otherwise),
    text: (key, otherwise) => take(key, "a text", isText, otherwise),
    part: (key) => {
      const part = configKeys(take(key, "an object", isRecord, {}), file, `${path}${key}.`);
      parts.push(part);
      return part;
    },
    facts: (keys) => Object.fromEntries(keys.map((key) => [key, raw(key)]).filter(([, value]) => isFact(value))),
    left: () => [
      ...Object.keys(config).flatMap((key) => (taken.has(key) ? [] : [`${path}${key}`])),
      ...parts.flatMap((part) => part.left()),
    ],
  };
}

/** Whether a value reads like a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isText = (value: unknown): value is string => typeof value === "string";
const isFact = (value: unknown): boolean => isText(value) || isNumber(value);

function shown(value: unknown): string {
  if (value === undefined) return "none";
  const text = JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? String(item) : item));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
