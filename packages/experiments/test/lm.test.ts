import { beforeAll, describe, expect, it } from "vitest";
import { available, type LanguageModel, openStories, type Tokenizer } from "./lm/storiesLm.js";

if (!available)
  console.warn("lm.test.ts: skipped, the shared folder is absent; put it beside the repository or set MONOSEMA_SHARED");

describe.skipIf(!available)("stories260K in the examples", { timeout: 60_000 }, () => {
  let model: LanguageModel;
  let tokenizer: Tokenizer;
  let stories: readonly string[];
  let document: string;

  beforeAll(async () => {
    const opened = await openStories();
    ({ model, tokenizer, document } = opened);
    // Paragraphs of the training text were joined by single newlines (data/README.md).
    stories = opened.stories.map((story) => story.replaceAll("\n\n", "\n").trim());
  });

  it("writes the 256 greedy tokens that the model's document shows", () => {
    const next = model.start();
    const tokens = [1];
    while (tokens.length <= 256) {
      const { logits } = next(tokens.at(-1) as number);
      tokens.push(logits.indexOf(Math.max(...logits)));
    }
    const documented = /tok512\.bin -t 0\.0\n([\s\S]*?)\n```/.exec(document)?.[1];
    expect(tokenizer.decode(tokens)).toBe(documented);
  });

  it("tokenizes as documented: every story comes back, also characters that no token has", () => {
    for (const text of [...stories.slice(0, 50), "", "  two  spaces", "naïve – 雪 🙂"]) {
      const tokens = tokenizer.encode(text);
      expect(tokens[0]).toBe(1);
      expect(tokenizer.decode(tokens)).toBe(text);
    }
  });

  it("predicts stories with 1.366 nats per token, 62.9 % right", () => {
    let [nats, right, count] = [0, 0, 0];
    for (const story of stories.slice(0, 12)) {
      const tokens = tokenizer.encode(story).slice(0, model.context);
      const next = model.start();
      for (const [i, target] of tokens.slice(1).entries()) {
        const { logits } = next(tokens[i] as number);
        const most = Math.max(...logits);
        const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
        nats += most + Math.log(total) - (logits[target] as number);
        right += Number(logits.indexOf(most) === target);
        count += 1;
      }
    }
    // Documented for 60 stories; over 12 the standard error is about .03 nats and 1 %.
    expect(Math.abs(nats / count - 1.366)).toBeLessThan(0.08);
    expect(Math.abs(right / count - 0.629)).toBeLessThan(0.03);
  });

  it("shows the stream that the MLP reads: divided by its root mean square, times the layer's weight per dimension", () => {
    const gains = [300, 400].map((token) => {
      const { residual, mlpInput, mlpOutput } = model.start()(token);
      const [after, read, added] = [residual[2], mlpInput[2], mlpOutput[2]] as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const stream = after.map((value, d) => value - (added[d] as number));
      const rms = Math.sqrt(stream.reduce((sum, x) => sum + x * x, 0) / model.width + 1e-5);
      return read.map((value, d) => (value * rms) / (stream[d] as number));
    });
    // The weight is the same for every token.
    for (const [d, gain] of (gains[0] as Float32Array).entries()) expect(gains[1]?.[d]).toBeCloseTo(gain, 4);
  });

  it("gives a token the same values whatever follows, and refuses a sequence beyond the context", () => {
    const [a, b] = [model.start(), model.start()];
    expect(a(1).residual).toEqual(b(1).residual);
    for (let i = 1; i < model.context; i++) a(300);
    expect(() => a(300)).toThrow(/at most 512 tokens/);
  });
});
