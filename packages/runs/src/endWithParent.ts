/**
 * Loaded first into a child process: when its parent is gone, killed -9 included, the channel between them closes and the child ends.
 *
 * @module endWithParent
 */
process.on("disconnect", () => process.exit(137));
process.channel?.unref();
