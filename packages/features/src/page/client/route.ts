/** What an address of the page shows: the list, what the page is about, or a feature. */
export type Route =
  | { readonly view: "list" }
  | { readonly view: "about" }
  | { readonly view: "card"; readonly latent: number };

/** The route of an address such as `#613`. */
export function routeOf(hash: string): Route {
  if (/^#\d+$/.test(hash)) return { view: "card", latent: Number(hash.slice(1)) };
  return { view: hash === "#about" ? "about" : "list" };
}
