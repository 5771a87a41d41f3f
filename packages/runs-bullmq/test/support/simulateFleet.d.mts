/** What a fleet left. */
export interface FleetReport {
  readonly jobs: number;
  readonly results: number;
  /** Results with the bits of a plain loop. */
  readonly right: number;
  readonly committedTwice: number;
  /** Results that went on from a state. */
  readonly resumed: number;
  /** Processes that were killed. */
  readonly killed: number;
  readonly seconds: number;
}

/** Sizes of a fleet. */
export interface FleetSize {
  readonly count?: number;
  readonly kills?: number;
  readonly workers?: number;
  /** Processes that share the workers, where the engine has several. */
  readonly split?: number;
}

export function simulateFleet(
  engine: "local" | "redis" | "manifest",
  seed: number,
  size?: FleetSize,
): Promise<FleetReport>;
