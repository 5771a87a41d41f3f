/** Restarts of one task by its own script: beyond them it may be what kills its machine. */
const restarts = 20;

/** A part of a list of jobs that one array runs. */
export interface ArrayPart {
  /** Path or address of the list. */
  readonly manifest: string;
  /** Its first job. */
  readonly offset: number;
  /** Its jobs. */
  readonly count: number;
}

/**
 * The script of an array: each task does the job of its index. Slurm takes a task that was killed -9 for failed in spite of `--requeue`, so
 * the script asks for another start then; not where it was told to end (SIGINT, SIGTERM), by `scancel` or a limit of time.
 *
 * @param command - program and arguments that do a job; the list and `--index I` follow
 */
export const taskScript = (
  command: readonly string[],
  { manifest, offset }: Pick<ArrayPart, "manifest" | "offset">,
): string => `#!/bin/bash
${[...command, manifest].map(quoted).join(" ")} --index $((${offset} + SLURM_ARRAY_TASK_ID))
status=$?
if [ $status -gt 128 ] && [ $status -ne 130 ] && [ $status -ne 143 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${restarts} ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}" && sleep 60 # until it is ended for the next start
fi
exit $status
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
