import { kindOf } from "../activations/table.js";
import type { Requirement } from "../requirement.js";
import type { SdlSpec } from "../spec.js";
import type { TermKind } from "./kind.js";
import { termKinds } from "./table.js";
import type { Term } from "./term.js";

/** The loss terms that a spec asks for, in a fixed order; those that are part of the activation come last. */
export function termsOf(spec: SdlSpec): readonly Term[] {
  const opened = present(spec).flatMap(([kind, options]) => kind.open?.(options) ?? []);
  return [...opened, ...(kindOf(spec.activation).terms ?? [])];
}

/** What the loss terms of a spec require of the rest of it. */
export function termRequirements(spec: SdlSpec): readonly Requirement[] {
  return present(spec).flatMap(([kind, options]) => [...(kind.requirements?.(options, spec) ?? [])]);
}

/** The terms that are on, with their options. */
function present({ terms }: SdlSpec): (readonly [TermKind<unknown>, unknown])[] {
  return Object.entries(termKinds).flatMap(([name, kind]) => {
    const options: unknown = terms[name as keyof typeof terms];
    return options === undefined ? [] : [[kind, options] as const];
  });
}
