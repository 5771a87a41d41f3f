/**
 * Pairs reference vectors with the tests that read them: `vectors.sdl.test.ts`, or `vectors.sdl.<anything>.test.ts`, reads
 * `sdl.json` and every `sdl/*.json`. Gives the tests to run, and the vectors that no test reads.
 */
export function pairVectors(vectors, tests) {
  const subjects = new Set(vectors.map(subjectOf));
  const read = new Set(tests.map(nameOf));
  return {
    runners: tests.filter((test) => subjects.has(nameOf(test))),
    unread: vectors.filter((file) => !read.has(subjectOf(file))),
  };
}

// `sdl.json` is about sdl, `theory/wendel.json` about theory.
function subjectOf(file) {
  return file.replace(/\.json$/, "").split("/", 1)[0];
}

function nameOf(test) {
  return /(?:^|\/)vectors\.([^./]+)\.(?:[^/]*\.)?test\.ts$/.exec(test)?.[1];
}
