import type { Backend } from "../backend.js";
import { codesContract } from "./codes.js";
import type { Fixture } from "./fixture.js";
import { lifetimeContract } from "./lifetimes.js";
import { selectionContract } from "./selection.js";
import type { TestFunctions } from "./testFunctions.js";
import { updateContract } from "./update.js";
import { valueContract } from "./values.js";

/** What a backend states about itself. */
export interface BackendExpectations {
  /** Name that it must have. */
  readonly name: string;
  /** Element type that it must have. */
  readonly precision: Backend["precision"];
  /** Rounding that it must have, where that does not depend on the machine. */
  readonly arithmetic?: Backend["arithmetic"];
  /** Largest difference from float64 loops, relative to 1 + |expected|. */
  readonly tolerance: number;
  /** Whether a NaN among the pre-activations is an error of `select` (where it runs on the host). */
  readonly findsNaN: boolean;
}

/**
 * The contract of every backend: its kernels against float64 loops, ties, empty selections, ownership, messages.
 *
 * @param test - functions of the test runner
 * @param open - opens the backend; once, and it is closed behind the last test
 *
 * @example
 * ```ts
 * import { backendContract, float32Tolerance } from "@monosema/tensor/contract";
 * import * as vitest from "vitest";
 *
 * backendContract(vitest, () => openMine(), {
 *   name: "mine",
 *   precision: "float32",
 *   tolerance: float32Tolerance,
 *   findsNaN: true,
 * });
 * ```
 */
export function backendContract(
  test: TestFunctions,
  open: () => Promise<Backend>,
  { name, precision, arithmetic, ...rest }: BackendExpectations,
): void {
  const { describe, it, expect, beforeAll, afterAll } = test;
  const opened: { backend?: Backend } = {};
  const backend = (): Backend => {
    if (opened.backend === undefined) throw new Error("internal: the suite did not open its backend");
    return opened.backend;
  };
  beforeAll(async () => {
    opened.backend = await open();
  });
  afterAll(async () => {
    await opened.backend?.close();
  });

  describe(name, () => {
    it("says what it is", () => {
      expect([backend().name, backend().precision]).toEqual([name, precision]);
      expect(arithmetic === undefined ? ["separate", "fused", "native"] : [arithmetic]).toContain(backend().arithmetic);
      expect(backend().detail).not.toBe("");
      expect(backend().threads).toBeGreaterThanOrEqual(1);
    });
    const fixture: Fixture = { ...rest, test, backend };
    valueContract(fixture);
    codesContract(fixture);
    selectionContract(fixture);
    updateContract(fixture);
    lifetimeContract(fixture);
  });
}
