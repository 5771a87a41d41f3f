import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";
import type { Engine } from "./engine.js";
import type { TfParameter } from "./parameter.js";

/** Replaces rows (or elements) of a parameter and zeroes their moments. */
export function setRows({ tf }: Engine, parameter: TfParameter, latents: Int32Array, rows: Tensor): void {
  tf.tidy(() => {
    const [value, first, second] = parameter.state();
    const at = tf.tensor2d(latents, [latents.length, 1], "int32");
    const put = (t: Tensor, numbers: Tensor): Tensor => tf.tensorScatterUpdate(t, at as Tensor2D, numbers);
    const zeros = tf.zerosLike(rows);
    parameter.replace(put(value, rows), put(first, zeros), put(second, zeros));
  });
}
