// Kernels that try out the threads.

/** Counts the calls of each chunk, and the chunks of each thread. */
export function count(chunk: i32, thread: i32, byChunk: usize, byThread: usize): void {
  atomic.add<i32>(byChunk + ((<usize>chunk) << 2), 1);
  atomic.add<i32>(byThread + ((<usize>thread) << 2), 1);
}

/** out[chunk] = a sum that takes a while, plus every argument. */
export function sum(chunk: i32, thread: i32, out: usize, work: i32, a: f64, b: f64): void {
  let x: f64 = 0;
  for (let i = 0; i < work; i++) x += Math.sqrt(<f64>(i + chunk));
  store<f64>(out + ((<usize>chunk) << 3), x + a * <f64>chunk + b);
}

/** Fails on one thread; the others wait for `reached` so that it gets a chunk. */
export function failOn(chunk: i32, thread: i32, bad: i32, reached: usize): void {
  if (thread == bad) {
    atomic.store<i32>(reached, 1);
    unreachable();
  }
  while (atomic.load<i32>(reached) == 0) {}
}

/** Never ends on workers. */
export function hang(chunk: i32, thread: i32, reached: usize): void {
  if (thread == 0) {
    while (atomic.load<i32>(reached) == 0) {}
    return;
  }
  atomic.store<i32>(reached, 1);
  while (true) atomic.add<i32>(reached, 1);
}

/** a + b. */
export function add(a: f64, b: f64): f64 {
  return a + b;
}

/** Reads a word. */
export function peek(pointer: usize): i32 {
  return load<i32>(pointer);
}
