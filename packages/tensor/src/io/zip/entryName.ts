import { FormatError } from "../../errors.js";

/** Whether a name is a relative path with `/` that leads nowhere outside of the archive. */
export function isInside(name: string): boolean {
  const leadsOut = name.startsWith("/") || name.split("/").includes("..") || /^[a-z]:/i.test(name);
  return name !== "" && !leadsOut && !/[\\\0]/.test(name);
}

/**
 * The name of an entry, which is UTF-8 and {@link isInside}.
 *
 * @throws FormatError `zip-name`
 */
export function decodeName(bytes: Uint8Array, file: string): string {
  const name = utf8(bytes);
  if (name !== undefined && isInside(name)) return name;
  const got = name === undefined ? "bytes that are not UTF-8" : JSON.stringify(name);
  const message = `names must be relative paths with / and without "..", got ${got}; do not trust this file`;
  throw new FormatError("zip-name", message, { file });
}

const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
