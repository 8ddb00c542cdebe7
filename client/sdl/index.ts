// SDL files: what stands in them, what is wrong with them, what they become on this chain.

export { SdlError, formatProblem } from "./problems.ts";
export type { Position, Problem } from "./problems.ts";
export { canonicalJson, hashManifest, hashManifestText } from "./manifest.ts";
export type { Json } from "./manifest.ts";
export { LOCAL_OPTIONS } from "./convert.ts";
export type { Conversion, Converted, ConvertOptions } from "./convert.ts";
export { inspectSdl, readSdl } from "./inspect.ts";
export type { SdlPlan, SdlReport } from "./inspect.ts";
export { looksSecret } from "./lint.ts";
