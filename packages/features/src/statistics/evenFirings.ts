import { type AddFiring, copied, type KeptFirings, mergedFirings, moveFiring, setFiring } from "./keptFirings.js";
import { rowHash } from "./rowHash.js";

/**
 * Adds a firing to an even sample of the firings of each latent: those of the smallest row hashes (bottom-k sketch, Cohen & Kaplan 2007), a
 * heap of the largest hash each. A latent that fires no more often than they are kept has all.
 */
export const addFiring: AddFiring = (to, latent, value, row, document) => {
  const { kept, sizes, rows } = to;
  const first = latent * kept;
  const size = sizes[latent] as number;
  const hash = rowHash(row);
  let hole = size;
  if (size < kept) {
    sizes[latent] = size + 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (rowHash(rows[first + parent] as number) > hash) break;
      moveFiring(to, first + parent, to, first + hole);
      hole = parent;
    }
  } else {
    if (hash > rowHash(rows[first] as number)) return;
    hole = 0;
    for (;;) {
      const child = larger(to, first, 2 * hole + 1);
      if (child < 0 || rowHash(rows[first + child] as number) < hash) break;
      moveFiring(to, first + child, to, first + hole);
      hole = child;
    }
  }
  setFiring(to, first + hole, value, row, document);
};

/** The same in the order of falling hashes, which is a heap, too: equal states have equal arrays. */
export function orderedFirings(of: KeptFirings): KeptFirings {
  const ordered = copied(of);
  of.sizes.forEach((size, latent) => {
    const first = latent * of.kept;
    const order = Array.from({ length: size }, (_, i) => first + i).sort(
      (x, y) => rowHash(of.rows[y] as number) - rowHash(of.rows[x] as number),
    );
    for (const [i, from] of order.entries()) moveFiring(of, from, ordered, first + i);
  });
  return ordered;
}

/** The samples of both together, in order. */
export const mergeFirings = (a: KeptFirings, b: KeptFirings): KeptFirings =>
  orderedFirings(mergedFirings(a, b, addFiring));

/** Of the child at a place and its twin the one of the larger hash; -1 where there is none. */
function larger({ kept, rows }: KeptFirings, first: number, child: number): number {
  if (child >= kept) return -1;
  if (child + 1 >= kept) return child;
  return rowHash(rows[first + child + 1] as number) > rowHash(rows[first + child] as number) ? child + 1 : child;
}
