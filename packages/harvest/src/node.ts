/**
 * Harvesting into folders, for Node.
 *
 * @module node
 */
export type {
  HarvestedHook,
  HarvestManifest,
  HarvestSettings,
  ModelRecord,
  RuntimeRecord,
  ShardRecord,
  SourceRecord,
} from "./harvest/manifest.js";
export type { MassiveRow } from "./harvest/massiveRows.js";
export type { HarvestDtype } from "./harvest/shardTensors.js";
export { folderFiles } from "./node/folderFiles.js";
export { folderImages } from "./node/folderImages.js";
export type {
  HarvestPlan,
  HarvestProgress,
  HarvestRequest,
  HarvestResult,
  HarvestWatch,
} from "./node/harvestRequest.js";
export { harvestToFolder } from "./node/harvestToFolder.js";
export { imageThumbnails } from "./node/imageThumbnails.js";
export type { NodeRuntime, OpenRuntimeOptions } from "./runtime/node/nodeRuntime.js";
export { openRuntime, runtimes } from "./runtime/node/openRuntime.js";
export type { Cursor } from "./source/harvestSource.js";
