// Checks that several messages share: the form of claims, keys and device rows.

import type { Attribute, Device } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import { ProviderState } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import type { Provider } from "../../../chain/codec/gen/leasehold/provider/v1.ts";
import { providerErrors } from "../errors.ts";
import type { Rules } from "../keeper.ts";
import {
  deviceFault,
  isAttributeValue,
  isClaimKey,
  isContactUri,
  isHostUri,
  MAX_URI_BYTES,
  quote,
} from "../types.ts";

/** Most rows that a message may carry at all; the parameters bound it further. */
const MAX_ROWS = 100;

/** What a provider says of itself, as messages carry it. */
export interface SelfDescription {
  readonly hostUri: string;
  readonly attributes: readonly Attribute[];
  readonly contactUri: string;
  readonly contactHash: Uint8Array;
}

/** Checks the form of what a provider says of itself. Throws: provider/4, provider/5. */
export function checkSelf(self: SelfDescription): void {
  if (!isHostUri(self.hostUri))
    throw providerErrors.invalidUri.with(
      `host_uri ${quote(self.hostUri)} is not https with host and port only, ` +
        `at most ${MAX_URI_BYTES} bytes`,
    );
  if (self.contactUri !== "" && !isContactUri(self.contactUri))
    throw providerErrors.invalidUri.with(
      `contact_uri ${quote(self.contactUri)} is not an absolute URI of at most ${MAX_URI_BYTES} bytes`,
    );
  const hashLength = self.contactUri === "" ? 0 : 32;
  if (self.contactHash.length !== hashLength)
    throw providerErrors.invalidUri.with(
      `contact_hash of ${self.contactHash.length} bytes, ${hashLength} expected`,
    );
  checkAttributes(self.attributes);
}

/** Checks the form of claims: keys, values, each key once. Throws: provider/5. */
export function checkAttributes(attributes: readonly Attribute[]): void {
  if (attributes.length > MAX_ROWS)
    throw providerErrors.invalidAttribute.with(
      `${attributes.length} attributes, at most ${MAX_ROWS}`,
    );
  const seen = new Set<string>();
  for (const { key, value } of attributes) {
    if (!isClaimKey(key))
      throw providerErrors.invalidAttribute.with(
        `key ${quote(key)} is not a letter and 1 to 127 letters, digits, _ / . or -`,
      );
    if (!isAttributeValue(value))
      throw providerErrors.invalidAttribute.with(
        `value of ${quote(key)} is not text of at most 256 bytes without control characters`,
      );
    if (seen.has(key))
      throw providerErrors.invalidAttribute.with(`key ${quote(key)} is there twice`);
    seen.add(key);
  }
}

/** Checks the number of claims against the parameters. Throws: provider/5. */
export function checkAttributeCount(attributes: readonly Attribute[], rules: Rules): void {
  if (attributes.length > rules.maxAttributes)
    throw providerErrors.invalidAttribute.with(
      `${attributes.length} attributes, at most ${rules.maxAttributes}`,
    );
}

/** Checks a heartbeat key: 32 bytes of ed25519. Throws: provider/6. */
export function checkHeartbeatKey(key: Uint8Array): void {
  if (key.length !== 32)
    throw providerErrors.invalidKey.with(`heartbeat_key of ${key.length} bytes, 32 expected`);
}

/** Checks device rows: form, each (class, kind, model) once. Throws: provider/7. */
export function checkDevices(devices: readonly Device[]): void {
  if (devices.length > MAX_ROWS)
    throw providerErrors.invalidDevice.with(`${devices.length} rows, at most ${MAX_ROWS}`);
  const seen = new Set<string>();
  for (const [index, device] of devices.entries()) {
    const fault = deviceFault(device);
    if (fault !== undefined) throw providerErrors.invalidDevice.with(`devices[${index}]: ${fault}`);
    const name = JSON.stringify([device.class, device.kind, device.model]);
    if (seen.has(name)) throw providerErrors.invalidDevice.with(`devices[${index}]: there twice`);
    seen.add(name);
  }
}

/** Refuses a provider that is gone. Throws: provider/9. */
export function requirePresent(provider: Provider): void {
  if (provider.state === ProviderState.RETIRED || provider.state === ProviderState.TOMBSTONED)
    throw providerErrors.wrongState.with(`provider ${provider.owner} is gone`);
}
