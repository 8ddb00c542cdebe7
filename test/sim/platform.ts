import { fastPlatform } from "../../chain/node/platform.ts";

/** The platform of every machine that is not given another: native code where there is any. */
export const simPlatform = fastPlatform((sentence) => console.warn(sentence));
