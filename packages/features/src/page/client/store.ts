/** What the list may be sorted by. */
export type SortKey = "max" | "rate" | "focus" | "score" | "name" | "latent" | "similarity";

/** What the person has chosen. */
export interface Choice {
  /** Text that is searched for. */
  readonly query: string;
  /** What the list is sorted by. */
  readonly sort: SortKey;
  /** Whether the lowest come first. */
  readonly ascending: boolean;
  /** Whether latents that never fire are left out. */
  readonly hideDead: boolean;
  /** Grade that alone is listed, `""` for all. */
  readonly grade: string;
  /** Place of the feature whose likes are sought. */
  readonly like?: number;
  /** Places inside the brush of the map; absent without one. */
  readonly brushed?: ReadonlySet<number>;
  /** Place of the feature that the list points at. */
  readonly active?: number;
}

/** The choice and who follows it. */
export interface Store {
  /** The choice now. */
  readonly choice: Choice;
  /** Places that are listed now, in order. */
  readonly order: readonly number[];
  /** Changes the choice and tells the followers. */
  set(change: { readonly [K in keyof Choice]?: Choice[K] | undefined }): void;
  /** Tells the followers that something else has changed, such as a name or what the search knows. */
  refresh(): void;
  /** Calls a function after each change. */
  follow(follower: (changed: ReadonlySet<keyof Choice | "order">) => void): void;
}

/** Opens a store whose order is computed from the choice. */
export function openStore(initial: Choice, orderOf: (choice: Choice) => readonly number[]): Store {
  let choice = initial;
  let order = orderOf(choice);
  const followers: Parameters<Store["follow"]>[0][] = [];
  const tell = (changed: ReadonlySet<keyof Choice | "order">): void => {
    for (const follower of followers) follower(changed);
  };
  return {
    get choice() {
      return choice;
    },
    get order() {
      return order;
    },
    set(change) {
      const entries = Object.entries(change) as [keyof Choice, never][];
      const changed = new Set<keyof Choice | "order">(
        entries.filter(([key, value]) => choice[key] !== value).map(([key]) => key),
      );
      if (changed.size === 0) return;
      const merged = Object.entries({ ...choice, ...change }).filter(([, value]) => value !== undefined);
      choice = Object.fromEntries(merged) as unknown as Choice;
      if ([...changed].some((key) => key !== "active")) {
        order = orderOf(choice);
        changed.add("order");
      }
      tell(changed);
    },
    refresh() {
      order = orderOf(choice);
      tell(new Set(["order"]));
    },
    follow(follower) {
      followers.push(follower);
    },
  };
}
