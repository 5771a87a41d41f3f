/** What tells a file from others. */
export interface FileHash {
  /** SHA-256 of its content. */
  readonly sha256: string;
}
