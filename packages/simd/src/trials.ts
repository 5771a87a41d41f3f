/** Calls and milliseconds of a trial: the optimising compiler takes over on the way and may give an instruction another meaning. */
const calls = 2000;
const milliseconds = 2;
/** The first calls are looked at, then every so many. */
const lookEvery = 200;

/** Whether to look at the result of a call, for as many calls as a trial takes. */
export function* trialCalls(): Generator<boolean> {
  const end = performance.now() + milliseconds;
  for (let call = 0; call < calls || performance.now() < end; call++) yield call < 3 || call % lookEvery === 0;
}

/** The kernels with a name of their own: engines keep the optimised code of modules that they have seen. */
export function freshModule(kernels: Uint8Array, number: number): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from([...kernels, 0, 3, 1, 110, number]));
}
