/** Door of the genesis builder: documents, presets, and the pure function between them. */
export { addAccount } from "./accounts.ts";
export { buildGenesis } from "./builder.ts";
export type { DenomSpec, FundedAccount, GenesisSpec } from "./builder.ts";
export { cometGenesis, formatGenesis, genesisChecks, parseGenesis } from "./document.ts";
export type { GenesisDocument, GenesisValidator } from "./document.ts";
export type { JsonObject } from "./paths.ts";
export { preset, PRESETS, renameDenoms } from "./presets.ts";
export type { Preset, PresetName } from "./presets.ts";
