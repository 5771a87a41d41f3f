/** What became of a certificate that was checked again. */
export interface Recheck {
  /** Whether it stands. */
  readonly holds: boolean;
  /** The quantities compared, in words. */
  readonly detail: string;
  /** Largest violation found, relative; 0 for a check that is exact. */
  readonly residual: number;
}
