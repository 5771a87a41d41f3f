/** Wide enough for a card beside the list; the style sheet has the same. */
export const wide: MediaQueryList = matchMedia("(min-width: 60rem)");
