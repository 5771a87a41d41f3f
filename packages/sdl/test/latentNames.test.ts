import { expect, it } from "vitest";
import { fromSaelens, latentNames, parseLatentNames, sae, toSaelens, withLatentNames } from "../src/index.js";

const spec = sae({ nP: 2, nQ: 4, activation: { kind: "relu" } });
const weights = { encoder: new Float32Array(8).fill(1), decoder: new Float32Array(8).fill(1) };
const anchored = { anchors: { kind: "classMeans", count: 2, names: ["animal", "plant"] } };
const model = { spec, weights, inputScaling: "none", metadata: anchored } as const;

it("names of anchors and given names are kept by checkpoints", () => {
  expect([...latentNames(model)]).toEqual([
    [0, "animal"],
    [1, "plant"],
  ]);
  const named = withLatentNames(
    model,
    new Map([
      [3, "digits"],
      [1, "tree"],
    ]),
  );
  const { weights: file, config } = toSaelens(named);
  const read = fromSaelens({ weights: file, config }).model;
  expect(Object.fromEntries(latentNames(read))).toEqual({ 0: "animal", 1: "tree", 3: "digits" });
  const again = withLatentNames(read, new Map([[0, "beast"]]));
  expect(Object.fromEntries(latentNames(again))).toEqual({ 0: "beast", 1: "tree", 3: "digits" });
});

it("names come as a record or a list, and what cannot be is refused", () => {
  expect([...parseLatentNames({ 2: "two", 0: "" }, 4, "names.json")]).toEqual([[2, "two"]]);
  expect([...parseLatentNames(["zero", null], 4, "names.json")]).toEqual([[0, "zero"]]);
  for (const [json, message] of [
    [{ 4: "four" }, /names.json: latents must be whole numbers below 4, got "4"/],
    [{ "01": "one" }, /got "01"/],
    [{ 1: 1 }, /the name of latent 1 must be a text, got 1/],
    ["digits", /must be a record of names by latent, .*got "digits"/],
  ] as const) {
    expect(() => parseLatentNames(json, 4, "names.json")).toThrow(message);
  }
});
