/** A combination that must hold for an objective to work: whether it does, the sentence, what came, and what to do. */
export type Requirement = readonly [holds: boolean, requirement: string, got: unknown, remedy: string];
