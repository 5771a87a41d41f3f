// Selections once more as plain float64 loops, and what a backend selects in the same form.
import type { Backend, Codes, Selected, Selection, SelectOptions } from "@monosema/tensor";
import { expect } from "vitest";
import type { Layer } from "./numbers.js";

/** Selects with the bias of a layer. */
export function selectFrom(
  backend: Backend,
  { x, encoder, bias }: Layer,
  selection: Selection,
  options: SelectOptions = {},
): Selected {
  const input = backend.tensor(x.data, [x.rows, x.width]);
  const rows = backend.tensor(encoder.data, [encoder.rows, encoder.width]);
  const biases = backend.tensor(bias, [bias.length]);
  const selected = backend.select(input, rows, selection, { ...options, bias: biases });
  backend.dispose(input, rows, biases);
  return selected;
}

/** Places b Q + i of the stored pairs, those of value 0 among them. */
export async function placesOf(backend: Backend, codes: Codes): Promise<number[]> {
  const marks = backend.binary("add", backend.unary("step", backend.unary("abs", codes.pre)), 1);
  const { offsets, latents } = await backend.readEntries(marks);
  const places: number[] = [];
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let n = offsets[b] as number; n < (offsets[b + 1] as number); n++) {
      places.push(b * codes.latents + (latents[n] as number));
    }
  }
  return places;
}

/** Compares the stored places; the matcher alone takes longer than the selection. */
export async function expectPlaces(
  backend: Backend,
  codes: Codes,
  wanted: readonly number[],
  of: string,
): Promise<void> {
  const found = await placesOf(backend, codes);
  if (found.length === wanted.length && found.every((place, n) => place === wanted[n])) return;
  expect(found, of).toEqual(wanted);
}

/** Pre-activations in float64, `[B, Q]`. */
export function preActivations({ x, encoder, bias }: Layer): Float64Array {
  const z = new Float64Array(x.rows * encoder.rows);
  for (let b = 0; b < x.rows; b++) {
    for (let i = 0; i < encoder.rows; i++) {
      let sum = 0;
      for (let c = 0; c < x.width; c++) {
        sum += (x.data[b * x.width + c] as number) * (encoder.data[i * x.width + c] as number);
      }
      z[b * encoder.rows + i] = sum + (bias[i] as number);
    }
  }
  return z;
}

/** Numbers from place `start` on. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** The rows of `[batch, latents]`. */
export const rowsOf = (batch: number, latents: number): readonly Span[] =>
  Array.from({ length: batch }, (_, b) => ({ start: b * latents, length: latents }));

/** Places of the `count` largest numbers of a span, ascending; ties to the lower place; only positive ones unless signed. */
export function largest(z: Float64Array, span: Span, count: number, signed = false): number[] {
  return ranked(z, span, signed)
    .slice(0, count)
    .sort((p, q) => p - q);
}

/** Places of a span by descending number, ties by place; only positive ones unless signed. */
export function ranked(z: Float64Array, { start, length }: Span, signed = false): number[] {
  return Array.from({ length }, (_, n) => start + n)
    .filter((n) => signed || (z[n] as number) > 0)
    .sort((p, q) => (z[q] as number) - (z[p] as number) || p - q);
}
