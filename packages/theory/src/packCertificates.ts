import type { Certificate } from "./recheck/recheck.js";

/** Certificates for a file: plain JSON, and the arrays that it names, each stored once. */
export interface PackedCertificates {
  /** One JSON object per certificate; every Float64Array in it is `{"array": name}`. */
  readonly certificates: readonly PackedCertificate[];
  /** The arrays by name, such as `array0`. */
  readonly arrays: ReadonlyMap<string, Float64Array>;
}

/** A certificate as JSON, with names for its arrays. */
export interface PackedCertificate {
  /** Kind of the certificate. */
  readonly kind: Certificate["kind"];
  /** Everything else. */
  readonly [key: string]: unknown;
}

/**
 * Makes certificates ready for a file. What several of them share, such as the features or a whole model, is stored once.
 * {@link unpackCertificate} gives back what `recheck` takes.
 */
export function packCertificates(certificates: readonly Certificate[]): PackedCertificates {
  const names = new Map<Float64Array, string>();
  const nameOf = (array: Float64Array): string => {
    const name = names.get(array) ?? `array${names.size}`;
    names.set(array, name);
    return name;
  };
  const pack = (value: unknown): unknown => {
    if (value instanceof Float64Array) return { array: nameOf(value) };
    if (Array.isArray(value)) return value.map(pack);
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, pack(part)]));
    }
    return value;
  };
  return {
    certificates: certificates.map((certificate) => pack(certificate) as PackedCertificate),
    arrays: new Map([...names].map(([array, name]) => [name, array])),
  };
}

/**
 * A certificate from its JSON and the arrays of its file.
 *
 * @throws RangeError where an array is missing
 */
export function unpackCertificate(packed: PackedCertificate, arrays: ReadonlyMap<string, Float64Array>): Certificate {
  const unpack = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(unpack);
    if (typeof value !== "object" || value === null) return value;
    if ("array" in value && typeof value.array === "string") {
      const found = arrays.get(value.array);
      if (found !== undefined) return found;
      throw new RangeError(
        `unpackCertificate: arrays must hold ${value.array}, got ${[...arrays.keys()].join(", ") || "none"}; read the file of this certificate`,
      );
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpack(part)]));
  };
  return unpack(packed) as Certificate;
}
