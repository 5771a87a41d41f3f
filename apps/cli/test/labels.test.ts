import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openText } from "../src/data.js";
import { labelsFrom } from "../src/labels.js";
import { temporaryFolder } from "./support/cli.js";

const abc = ["a", "b", "c"];

describe("labels", () => {
  it.each<[string, string, (string | null)[]]>([
    ["a list", '["a", "b", "c"]', abc],
    ["numbers, booleans and nulls", "[1, true, null]", ["1", "true", null]],
    ["what Python writes for missing ones", '["a", NaN, "c"]', ["a", null, "c"]],
    ["a record with a list", '{"labels": ["a", "b", "c"]}', abc],
    ["records by a usual key", '[{"label": "a"}, {"label": "b"}, {"label": null}]', ["a", "b", null]],
    ["CSV with a header", "label\na\nb\nc\n", abc],
    ["CSV with any header", "kind\na\nb\nc\n", abc],
    ["CSV without a header", "a\nb\nc", abc],
    ["CSV of Windows", "label\r\na\r\nb\r\nc\r\n", abc],
    ["CSV of old Macs", "a\rb\rc\r", abc],
    ["CSV with quotes", 'label\n"a"\n"b, ""x"""\n"c\nd"\n', ["a", 'b, "x"', "c\nd"]],
    ["CSV with an empty field", 'label\na\n""\nc', ["a", null, "c"]],
    ["CSV with semicolons", "id;class\n1;a\n2;b\n3;c", abc],
    ["CSV with tabs", "id\tclass\n1\ta, x\n2\tb\n3\tc", ["a, x", "b", "c"]],
    ["the named column of CSV", "id,class\n1,a\n2,b\n3,c", abc],
    ["a label that looks like a header, where the rows are as many as the samples", "label\nb\nc", ["label", "b", "c"]],
  ])("are read from %s", (_, text, labels) => {
    expect(labelsFrom(text, undefined, 3)).toEqual(labels);
  });

  it("come from the column or key that is named", () => {
    expect(labelsFrom("x,y\na,1\nb,2\nc,3", "x", 3)).toEqual(abc);
    expect(labelsFrom('[{"x": "a", "group": 1}]', "x", 1)).toEqual(["a"]);
  });

  it.each<[string, string, RegExp]>([
    ["an empty file", "", /--labels must hold .* got an empty file/],
    ["broken JSON", '["a",', /must be JSON, got: .*--labels must hold/],
    ["a record without labels", "{}", /a JSON list of labels, .* got a record without `labels`/],
    ["records without the key", '[{"x": 1}]', /name the key with --label-key/],
    ["an inherited key", '[{"toString": 1}, {}]', /must give the key/],
    ["lists as labels", "[[1], [2]]", /got \[1\] for sample 0|must give the key/],
    ["CSV of which no column is named", "x,y\na,1\nb,2\nc,3", /got x, y; name it with --label-key/],
    ["ragged CSV", "x,y\na,1\nb", /with 1 fields in row 3 and 2 in the first/],
    ["a quote that stays open", 'label\n"a\nb', /close each quote/],
  ])("refuse %s", (_, text, message) => {
    expect(() => labelsFrom(text, undefined, 3)).toThrow(message);
  });
});

describe("a file of text", () => {
  it.each<[string, Buffer]>([
    ["UTF-8", Buffer.from("zürich")],
    ["UTF-8 with a byte-order mark", Buffer.from("\ufeffzürich")],
    ["UTF-16 with a byte-order mark", Buffer.from("\ufeffzürich", "utf16le")],
  ])("is read from %s", async (_, bytes) => {
    const file = join(temporaryFolder(), "labels.csv");
    writeFileSync(file, bytes);
    expect(await openText("labels", file)).toBe("zürich");
  });
});
