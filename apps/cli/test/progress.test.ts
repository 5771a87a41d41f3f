import { describe, expect, it } from "vitest";
import { type ProgressOptions, progress } from "../src/progress.js";

/** A stream that keeps what is written and a clock that is set by hand. */
function fake(isTTY: boolean, options: Partial<ProgressOptions> = {}, columns = 80) {
  const written: string[] = [];
  const clock = { time: 0 };
  const stream = { write: (text: string) => written.push(text), isTTY, columns };
  return { written, clock, ...progress(stream, { total: 100, now: () => clock.time, ...options }) };
}

/** What a terminal shows: each line from its last erasure on. */
const screen = (text: string): string[] => text.split("\n").map((line) => line.split("\r\u001b[2K").at(-1) as string);

describe("progress on a terminal", () => {
  it("redraws one line with bar, share, rate and remaining time", () => {
    const { update, clock, written } = fake(true);
    for (const done of [0, 25, 50]) {
      clock.time = done * 40;
      update(done, "topk");
    }
    // 50 steps in 2 s: 25 a second, 50 left are 2 s.
    expect(screen(written.join(""))).toEqual(["[========       ]  50%  25.0 steps/s  2.0 s left  topk"]);
  });

  it("cuts the line to the width", () => {
    const { update, written } = fake(true, {}, 40);
    update(50, "a very long label that does not fit in forty columns");
    expect(screen(written.join(""))[0]?.length).toBeLessThan(40);
  });

  it("keeps said lines above the redrawn one and removes that at the end", () => {
    const { update, say, end, clock, written } = fake(true);
    update(10, "relu");
    say("relu: done");
    clock.time = 1000;
    update(20, "topk");
    expect(screen(written.join(""))).toEqual(["relu: done", expect.stringContaining("topk")]);
    end();
    say("end");
    expect(screen(written.join(""))).toEqual(["relu: done", "end", ""]);
  });

  it("is drawn at most once per interval, but always when done", () => {
    const { update, clock, written } = fake(true, { interval: 100 });
    for (let done = 0; done <= 100; done++) {
      clock.time = done;
      update(done, "x");
    }
    expect(written).toHaveLength(2);
    expect(written[1]).toContain("100%");
  });
});

describe("progress elsewhere", () => {
  it("writes throttled plain lines", () => {
    const { update, clock, written } = fake(false, { unit: "samples", interval: 1000 });
    for (let done = 0; done <= 100; done += 10) {
      clock.time = done * 25;
      update(done, "topk");
    }
    expect(written).toEqual([
      "topk    0%\n",
      "topk   40%  40.0 samples/s  1.5 s left\n",
      "topk   80%  40.0 samples/s  0.5 s left\n",
      "topk  100%  40.0 samples/s  in 2.5 s\n",
    ]);
  });

  it("leaves out of the rate what was done before", () => {
    const { update, clock, written } = fake(false, { from: 60 });
    clock.time = 2000;
    update(80, "resumed");
    expect(written).toEqual(["resumed   80%  10.0 steps/s  2.0 s left\n"]);
  });
});

it.each([true, false])("writes nothing when quiet (terminal: %s)", (isTTY) => {
  const { update, say, end, written } = fake(isTTY, { quiet: true });
  update(50, "x");
  say("x");
  end();
  expect(written).toEqual([]);
});
