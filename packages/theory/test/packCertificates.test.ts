import { matFrom } from "@monosema/numerics";
import { expect, it } from "vitest";
import { packCertificates, unpackCertificate } from "../src/packCertificates.js";
import { conicIndependence } from "../src/patterns/conicIndependence.js";
import { recheck } from "../src/recheck/recheck.js";

const features = matFrom([
  [1, 0],
  [0, 1],
  [1, 1],
  [-1, 2],
]);
const proofs = conicIndependence({ featuresP: features }).perFeature.flatMap(({ certificate }) => certificate ?? []);

it("brings certificates through JSON, so that they recheck, with every shared array stored once", () => {
  const { certificates, arrays } = packCertificates(proofs);
  expect(proofs.length).toBe(4);
  const shared = [...arrays.values()].filter((array) => array === features.data);
  expect(shared.length).toBe(1);
  const read = JSON.parse(JSON.stringify(certificates)) as typeof certificates;
  const back = read.map((one) => unpackCertificate(one, arrays));
  expect(back).toEqual(proofs);
  expect(back.every((certificate) => recheck(certificate).holds)).toBe(true);
});

it("names an array that is missing", () => {
  const { certificates } = packCertificates(proofs);
  const [first] = certificates;
  if (first === undefined) throw new Error("no certificate");
  expect(() => unpackCertificate(first, new Map())).toThrow(/arrays must hold array0, got none/);
});
