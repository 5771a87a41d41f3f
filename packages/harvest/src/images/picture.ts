/** A decoded image. */
export interface Picture {
  /** Pixels of a line. */
  readonly width: number;
  /** Lines. */
  readonly height: number;
  /** 3 for red, green and blue, 1 for grey. */
  readonly channels: 1 | 3;
  /** `[height, width, channels]`, 0 to 255. */
  readonly data: Uint8Array;
}
