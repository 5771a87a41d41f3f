import { bytesField, joinBytes, messageField } from "./protoWriter.js";

/**
 * A model with more of its tensors as outputs. Protobuf merges what comes twice, so it suffices to append
 * `graph { output { name } }`: nothing is written anew, weights stay as they are.
 *
 * @param proto - a serialised ModelProto
 * @param names - tensors that nodes of its graph make and that are no outputs yet
 */
export function exposeOutputs(proto: Uint8Array, names: readonly string[]): Uint8Array {
  return names.length === 0 ? proto : joinBytes([proto, outputsTail(names)]);
}

/** What {@link exposeOutputs} appends. */
export function outputsTail(names: readonly string[]): Uint8Array {
  return messageField(
    7,
    names.map((name) => messageField(12, [bytesField(1, name)])),
  );
}
