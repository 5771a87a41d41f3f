import { FormatError, type SafetensorsFile, toNumbers, writeSafetensors } from "@monosema/tensor";
import { type Certificate, type PackedCertificate, packCertificates, unpackCertificate } from "@monosema/theory";

/** Metadata key of the JSON of the certificates. */
const KEY = "certificates";

/** Certificates as one safetensors file: their JSON in the metadata, their arrays as float64 tensors, shared ones once. */
export function certificateFile(proofs: readonly Certificate[]): Uint8Array {
  const { certificates, arrays } = packCertificates(proofs);
  const tensors = Array.from(
    arrays,
    ([name, data]) => [name, { dtype: "F64" as const, shape: [data.length], data }] as const,
  );
  return writeSafetensors(tensors, [[KEY, JSON.stringify(certificates)]]);
}

/**
 * The certificates of such a file, by id.
 *
 * @throws FormatError where it is not one
 */
export function readCertificateFile({ tensors, metadata }: SafetensorsFile, file: string): readonly Certificate[] {
  const text = metadata.get(KEY);
  if (text === undefined) {
    throw new FormatError(
      "no-certificates",
      `${file} must hold certificates, got none; give the file that audit wrote`,
    );
  }
  const arrays = new Map([...tensors].map(([name, { data }]) => [name, toNumbers(data, { file, tensor: name })]));
  try {
    return (JSON.parse(text) as PackedCertificate[]).map((packed) => unpackCertificate(packed, arrays));
  } catch (error) {
    throw new FormatError(
      "bad-certificates",
      `${file} must hold whole certificates, got ${(error as Error).message}; audit the dictionary again`,
    );
  }
}
