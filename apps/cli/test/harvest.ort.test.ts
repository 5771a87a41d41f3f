import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { random, readSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { bin, document, interrupted, monosema, temporaryFolder } from "./support/cli.js";
import { bpeTokenizer, storiesLm } from "./support/plainModel.js";
import { sharedData } from "./support/sharedData.js";

const runs = process.env.MONOSEMA_ONNXRUNTIME !== undefined && existsSync(sharedData("lm/stories260K.bin"));
const [model, tokenizer] = [sharedData("lm/stories260K.bin"), sharedData("lm/tok512.bin")];

/** A few stories of the shared data. */
function stories(count: number): string[] {
  const all = JSON.parse(readFileSync(sharedData("text/tinystories_1000.json"), "utf8")) as string[];
  return all.slice(0, count);
}

function writeTexts(folder: string, count: number): string {
  const path = join(folder, "texts.jsonl");
  writeFileSync(
    path,
    stories(count)
      .map((text) => `${JSON.stringify({ text, source: "TinyStories" })}\n`)
      .join(""),
  );
  return path;
}

const hooks = ["blocks.2.hook_resid_post", "blocks.2.ln2.hook_normalized", "blocks.2.hook_mlp_out"];

const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString("base64")]));

describe.skipIf(!runs)(
  "monosema harvest (needs onnxruntime, see scripts/ci-onnxruntime.mjs, and the shared data)",
  () => {
    it("writes what the plain forward pass of the model gives, for every token of every text", () => {
      const folder = temporaryFolder();
      const out = join(folder, "activations");
      const texts = writeTexts(folder, 3);
      const given = ["--tokenizer", tokenizer, "--texts", texts, "--hooks", hooks.join(), "--out", out];
      const result = document("harvest", model, ...given, "--dtype", "f32", "--length", "50", "--max-norm", "none");
      const { tensors } = readSafetensors(readFileSync(join(out, "shard-00000.safetensors")));
      const plain = bpeTokenizer(readFileSync(tokenizer));
      const expected = stories(3).flatMap((text, id) => {
        const ids = plain.encode(text).slice(1);
        const lm = storiesLm(readFileSync(model));
        let step = lm.start();
        return ids.map((token, position) => {
          if (position % 49 === 0) {
            step = lm.start();
            step(1);
          }
          const { residual, mlpInput, mlpOutput } = step(token);
          return { token, id, position, values: [residual[2], mlpInput[2], mlpOutput[2]] as readonly Float32Array[] };
        });
      });
      expect(result).toMatchObject({ rows: expected.length, dropped: 0, shards: 1, resumed: 0 });
      for (const [key, of] of [
        ["token", "token"],
        ["document", "id"],
        ["position", "position"],
      ] as const) {
        expect(Array.from((tensors.get(key)?.data as Int32Array | undefined) ?? [])).toEqual(
          expected.map((row) => row[of]),
        );
      }
      for (const [h, hook] of hooks.entries()) {
        const data = tensors.get(hook)?.data as Float32Array;
        const largest = Math.max(...data.map(Math.abs));
        for (const [row, { values }] of expected.entries()) {
          for (const [d, value] of (values[h] as Float32Array).entries()) {
            expect(Math.abs((data[row * 64 + d] as number) - value)).toBeLessThan(1e-5 * largest);
          }
        }
      }
      expect(JSON.parse(readFileSync(join(out, "vocab.json"), "utf8"))).toHaveLength(512);
      expect(readFileSync(join(out, "documents.jsonl"), "utf8").split("\n")).toHaveLength(4);
    });

    it("killed at ten random moments and run again, it gives the same bytes", { timeout: 120_000 }, async () => {
      const folder = temporaryFolder();
      const texts = writeTexts(folder, 120);
      const command = (out: string): string[] => [
        "harvest",
        model,
        "--tokenizer",
        tokenizer,
        "--texts",
        texts,
        "--hooks",
        hooks.join(),
        "--out",
        out,
        "--shard-rows",
        "2000",
      ];
      const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
      const began = performance.now();
      const first = document(...command(whole));
      const seconds = (performance.now() - began) / 1000;
      expect(first.shards).toBeGreaterThan(15);
      const stream = random(3, "kills");
      for (let kill = 0; kill < 10; kill++) {
        await interrupted("SIGKILL", 1000 * stream.uniform() * seconds, ...command(broken));
      }
      const last = document(...command(broken));
      expect(filesIn(broken)).toEqual(filesIn(whole));
      expect(last.rows).toBe(first.rows);
    });

    it("on Ctrl-C says what is kept, and goes on from there", async () => {
      const folder = temporaryFolder();
      const out = join(folder, "activations");
      const command = [
        "harvest",
        model,
        "--tokenizer",
        tokenizer,
        "--texts",
        writeTexts(folder, 200),
        "--hooks",
        hooks.join(),
        "--out",
        out,
        "--shard-rows",
        "2000",
      ];
      const { status, stderr } = await interrupted("SIGINT", /harvesting/, ...command);
      expect(status).toBe(130);
      expect(stderr).toMatch(/interrupted; \d+ finished shards are kept in .*; the same command goes on with them/);
      expect(document(...command)).toMatchObject({ rows: expect.any(Number) });
    });

    it("takes texts from a pipe, and token ids without a tokenizer", async () => {
      const folder = temporaryFolder();
      const [piped, given] = [join(folder, "piped"), join(folder, "given")];
      const text = stories(1)[0] as string;
      const child = spawn(process.execPath, [
        bin,
        "harvest",
        model,
        "--tokenizer",
        tokenizer,
        "--texts",
        "-",
        "--hooks",
        "blocks.0.hook_resid_post",
        "--out",
        piped,
      ]);
      child.stdin.end(`${JSON.stringify({ text })}\n`);
      expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
      const tokens = join(folder, "tokens.json");
      writeFileSync(tokens, JSON.stringify([bpeTokenizer(readFileSync(tokenizer)).encode(text).slice(1)]));
      document("harvest", model, "--tokens", tokens, "--hooks", "blocks.0.hook_resid_post", "--out", given);
      expect(readFileSync(join(piped, "shard-00000.safetensors"))).toEqual(
        readFileSync(join(given, "shard-00000.safetensors")),
      );
      expect(readdirSync(given)).toEqual(["manifest.json", "shard-00000.safetensors"]);
      const run = join(folder, "run");
      document(
        "train",
        "--data",
        `${given}:blocks.0.hook_resid_post`,
        "--latents",
        "32",
        "--k",
        "2",
        "--steps",
        "2",
        "--out",
        run,
      );
      expect(JSON.parse(readFileSync(join(run, "cfg.json"), "utf8"))).toMatchObject({
        metadata: { model_name: "stories260K.bin", hook_name: "blocks.0.hook_resid_post" },
      });
    });

    it("gives the published partial results of gpt-nano-sort", () => {
      const folder = temporaryFolder();
      const tokens = join(folder, "tokens.json");
      const partials = JSON.parse(readFileSync(sharedData("lm/gpt-nano-sort/gpt-nano-sort-t0-partials.json"), "utf8"));
      expect(Object.keys(partials).length).toBeGreaterThan(3);
      writeFileSync(tokens, "[[0, 1, 2, 0, 1, 2]]");
      const nano = sharedData("lm/gpt-nano-sort/gpt-nano-sort-model.json");
      const result = document(
        "harvest",
        nano,
        "--tokens",
        tokens,
        "--hooks",
        "blocks.2.hook_resid_post",
        "--out",
        join(folder, "out"),
      );
      expect(result).toMatchObject({ rows: 6, hooks: [{ name: "blocks.2.hook_resid_post", width: 48 }] });
    });

    it.each([
      ["a hook that does not exist", ["--hooks", "blocks.2.hook_resid_pots"], "blocks.2.hook_resid_post"],
      ["windows beyond the context", ["--length", "600"], "length must be at most the model's context, 512, got 600"],
      ["a start token that is none", ["--start", "512"], "start must be a token id below 512"],
      ["no hooks", ["--hooks", ""], "hook"],
    ])("refuses %s", (_, more, message) => {
      const folder = temporaryFolder();
      const usual = ["--hooks", "blocks.2.hook_resid_post"].filter(() => !more.includes("--hooks"));
      const { status, stderr } = monosema(
        "harvest",
        model,
        "--tokenizer",
        tokenizer,
        "--texts",
        writeTexts(folder, 1),
        "--out",
        join(folder, "out"),
        ...usual,
        ...more,
      );
      expect(stderr).toContain(message);
      expect(status).toBe(2);
      expect(readdirSync(folder)).toEqual(["texts.jsonl"]);
    });

    it("on texts with broken UTF-8 names the line, and keeps the shards before it", () => {
      const folder = temporaryFolder();
      const texts = join(folder, "texts.txt");
      const good = stories(100)
        .map((text) => text.replaceAll("\n", " "))
        .join("\n");
      writeFileSync(texts, Buffer.concat([Buffer.from(`${good}\n`), Buffer.from([0x61, 0xff, 0x0a])]));
      const out = join(folder, "out");
      const command = ["harvest", model, "--tokenizer", tokenizer, "--texts", texts, "--hooks", hooks.join()];
      const { status, stderr } = monosema(...command, "--out", out, "--shard-rows", "2000");
      expect(stderr).toContain("texts must be UTF-8, got other bytes in line 101");
      expect(stderr).toMatch(/\d\d finished shards are kept/);
      expect(status).toBe(2);
      expect(readdirSync(out)).toContain("shard-00010.safetensors");
    });
  },
);
