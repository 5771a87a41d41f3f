/**
 * Files on disk and the optional native backend, for Node.
 *
 * @module node
 */
export { fileSource, withFile } from "./io/node/fileSource.js";
export { type FileSystem, nodeFileSystem, type WritableFile } from "./io/node/fileSystem.js";
export { linkTarget } from "./io/node/linkTarget.js";
export { type FileContent, recoverFolder, writeFileAtomic, writeFolderAtomic } from "./io/node/writeAtomic.js";
export { type LoadTfjsNodeOptions, loadTfjsNode } from "./tfjs/node/loadTfjsNode.js";
export { tfjsNode } from "./tfjs/node/tfjsNode.js";
