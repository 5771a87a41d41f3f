/**
 * A list of checks with one printed line each; `check(name, body)` passes when `body` gives nothing or a detail to print,
 * and fails when it throws. `close()` prints the closing line and gives the exit status.
 */
export function openChecks() {
  let passed = 0;
  let failed = 0;
  return {
    async check(name, body) {
      try {
        const detail = await body();
        passed++;
        process.stdout.write(`ok      ${name}${detail ? `: ${detail}` : ""}\n`);
      } catch (error) {
        failed++;
        process.stdout.write(`FAILED  ${name}: ${error.message}\n`);
      }
    },
    close() {
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
      return failed === 0 && passed > 0 ? 0 : 1;
    },
  };
}
