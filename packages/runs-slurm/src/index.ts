/**
 * Runs jobs as job arrays of Slurm.
 *
 * @module index
 */
export { type SlurmEngineOptions, slurmEngine } from "./slurmEngine.js";
