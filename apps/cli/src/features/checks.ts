import {
  describedRows,
  type FeatureState,
  type NameCheck,
  nameCheck,
  parseRule,
  type Rule,
  type RuleSources,
} from "@monosema/features";
import { parseJson } from "@monosema/tensor";
import { openText } from "../data.js";
import type { Given, Option } from "../options.js";
import { UsageError } from "../usageError.js";

/** Rules for what latents fire on. */
export const checkOption: Readonly<Record<"check", Option>> = {
  check: {
    value: "LATENT: RULE",
    help: 'tests a name: how often RULE holds where the latent is at half its maximum or above. RULE is a regular expression for the token ("613: seem|appear", "613: /^the$/i"), "context: EXPRESSION" for the text up to it, or "label: NAME"; or FILE.json with {"613": "RULE"}; may be repeated',
    multiple: true,
  },
};

/** A rule of a latent. */
export interface LatentRule {
  /** Latent. */
  readonly latent: number;
  /** Rule. */
  readonly rule: Rule;
}

/**
 * The rules of `--check`.
 *
 * @throws UsageError for what is none, or two of one latent
 */
export async function checksFrom(given: Given, nQ: number): Promise<readonly LatentRule[]> {
  const rules: LatentRule[] = [];
  for (const text of given.texts("check")) {
    const inline = /^\s*(\d+)\s*:(.*)$/s.exec(text);
    const entries = inline === null ? await entriesOf(text) : [[inline[1] as string, inline[2] as string] as const];
    for (const [latent, rule] of entries) rules.push(ruleOf(latent, rule, nQ));
  }
  const twice = rules.find(({ latent }, i) => rules.findIndex((other) => other.latent === latent) < i);
  if (twice === undefined) return rules;
  throw new UsageError(`--check must give one rule for a latent, got two for ${twice.latent}; join them with |`);
}

async function entriesOf(path: string): Promise<readonly (readonly [string, unknown])[]> {
  if (!path.endsWith(".json")) {
    throw new UsageError(
      `--check must be "LATENT: RULE" or a FILE.json, got ${JSON.stringify(path)}; see monosema features --help`,
    );
  }
  const record = parseJson(await openText("check", path), "--check");
  if (typeof record === "object" && record !== null && !Array.isArray(record)) return Object.entries(record);
  throw new UsageError(
    `--check must name a record of rules by latent, {"613": "seem|appear"}, got another in ${path}; correct it`,
  );
}

function ruleOf(text: string, rule: unknown, nQ: number): LatentRule {
  const latent = Number(text);
  if (!(/^\d+$/.test(text) && latent < nQ)) {
    throw new UsageError(`--check must name one of the latents 0 to ${nQ - 1}, got ${text}; correct it`);
  }
  try {
    return { latent, rule: parseRule(typeof rule === "string" ? rule : "") };
  } catch (error) {
    throw new UsageError(`--check ${latent}: ${(error as Error).message}`, { cause: error });
  }
}

/** The evidence of each rule over all rows that were read. */
export async function checkedNames(
  rules: readonly LatentRule[],
  state: FeatureState,
  sources: RuleSources,
): Promise<ReadonlyMap<number, NameCheck>> {
  if (rules.length === 0) return new Map();
  const described = await describedRows(
    rules.map(({ rule }) => rule),
    sources,
  ).catch((error: unknown) => {
    throw error instanceof RangeError ? new UsageError(`--check: ${error.message}`, { cause: error }) : error;
  });
  return new Map(
    rules.map(({ latent, rule }, i) => {
      const firings = state.watched.find((one) => one.latent === latent);
      if (firings === undefined) throw new Error(`internal: latent ${latent} was not watched`);
      return [latent, nameCheck(rule.text.trim(), firings, described[i] as Int32Array, state.rows)] as const;
    }),
  );
}
