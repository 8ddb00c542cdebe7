// The only two host objects that consensus code may see. Both are deterministic in every engine
// when used as `chain/base/bytes.ts` uses them (fatal UTF-8, byte order mark kept).
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: "utf-8", options: { fatal: true; ignoreBOM: true });
  decode(bytes: Uint8Array): string;
}
