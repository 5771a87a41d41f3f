/** Options of a worker. */
export interface JobOptions {
  /** Threads of one job; the same bits for any number. */
  readonly threads: number;
  /** Steps between two states of a training, where not by time. */
  readonly saveEvery?: number;
}
