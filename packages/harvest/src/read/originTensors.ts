import { type TensorsReader, toNumbers } from "@monosema/tensor";
import type { ActivationOrigin } from "./activationFormat.js";
import { partAt, refuseRange } from "./joinedRows.js";

/** Names of the arrays that say where rows come from. */
export const originColumns: readonly string[] = ["token", "document", "position"];

/** Names that tokenizers and SAELens give to a column of tokens. */
export const tokenNames: readonly string[] = ["token_ids", "input_ids", "tokens", "token"];

/** What the arrays `token`, `document` and `position` `[rows]` of a file say of its rows; undefined without any. */
export async function originTensors(arrays: TensorsReader): Promise<ActivationOrigin | undefined> {
  const readers = new Map<string, NonNullable<ActivationOrigin[Kind]>>();
  for (const name of originColumns) {
    const found = arrays.names.includes(name) ? await arrays.open(name) : undefined;
    if (found?.shape.length !== 1 || !/^[IU]\d/.test(found.dtype)) continue;
    readers.set(`${name}s`, async (start, count) =>
      Int32Array.from(toNumbers((await found.readRows(start, count)).data)),
    );
  }
  return originOf((kind) => readers.get(kind));
}

/** Where the rows of several parts come from, one after the other: what all of them know. */
export function joinedOrigin(
  parts: readonly { readonly rows: number; readonly origin: ActivationOrigin | undefined }[],
): ActivationOrigin | undefined {
  const starts = [0];
  for (const { rows } of parts) starts.push((starts.at(-1) as number) + rows);
  return originOf((kind) => {
    const readers = parts.flatMap(({ origin }) => origin?.[kind] ?? []);
    if (parts.length === 0 || readers.length < parts.length) return undefined;
    return async (start, count) => {
      refuseRange(start, count, starts.at(-1) as number);
      const out = new Int32Array(count);
      for (let done = 0, part = partAt(starts, start); done < count; part++) {
        const first = start + done - (starts[part] as number);
        const some = Math.min((parts[part]?.rows ?? 0) - first, count - done);
        if (some > 0) out.set((await readers[part]?.(first, some)) ?? [], done);
        done += Math.max(0, some);
      }
      return out;
    };
  });
}

type Kind = keyof ActivationOrigin;

/** The origin of what readers there are; undefined without any. */
export function originOf(reader: (kind: Kind) => ActivationOrigin[Kind]): ActivationOrigin | undefined {
  const kinds: readonly Kind[] = ["tokens", "documents", "positions"];
  const known = kinds.flatMap((kind) => {
    const read = reader(kind);
    return read ? [[kind, read] as const] : [];
  });
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}
