import type { PageData } from "./pageData.js";

/** Names, those that were edited here before those of the page. */
export interface Names {
  /** Name of the feature at a place, `""` for none. */
  of(place: number): string;
  /** Gives a name; an empty one takes it away. */
  set(place: number, name: string): void;
  /** All names, as `names.json`: latent to name. */
  all(): Readonly<Record<string, string>>;
  /** Takes the names of a `names.json`; gives how many, or throws what is wrong with it. */
  read(text: string): number;
}

/** Names of this page, kept by the browser under the name of its checkpoint. */
export function openNames({ head, count, placeOf }: PageData): Names {
  const key = `monosema names ${head.title} ${head.checkpoint} ${head.latents}`;
  const edited = new Map<number, string>(Object.entries(stored(key)).map(([latent, name]) => [Number(latent), name]));
  const latent = (place: number): number => head.list.latent[place] as number;
  const nameOf = (place: number): string => edited.get(latent(place)) ?? (head.list.name[place] as string);
  const save = (): void => {
    try {
      localStorage.setItem(key, JSON.stringify(Object.fromEntries(edited)));
    } catch {
      // The browser keeps nothing for this page; names live until it is closed, and can be downloaded.
    }
  };
  const put = (place: number, name: string): void => {
    if (name === head.list.name[place]) edited.delete(latent(place));
    else edited.set(latent(place), name);
  };
  return {
    of: nameOf,
    set(place, name) {
      put(place, name.trim());
      save();
    },
    all: () =>
      Object.fromEntries(
        Array.from({ length: count }, (_, place) => [String(latent(place)), nameOf(place)] as const).filter(
          ([, name]) => name !== "",
        ),
      ),
    read(text) {
      const entries = Object.entries(parsed(text));
      for (const [index, name] of entries) {
        if (placeOf(Number(index)) === undefined || typeof name !== "string") {
          throw new Error(
            `names must be texts by latent, such as {"613": "seem"}, got ${JSON.stringify(index)}: ${JSON.stringify(name)}, and this page has ${head.latents} latents`,
          );
        }
      }
      for (const [index, name] of entries) put(placeOf(Number(index)) as number, (name as string).trim());
      save();
      return entries.length;
    },
  };
}

function parsed(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("the file must be JSON, such as the names.json that this page writes; choose that file");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error('names must be an object, such as {"613": "seem"}; choose a names.json');
  }
  return value;
}

function stored(key: string): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}
