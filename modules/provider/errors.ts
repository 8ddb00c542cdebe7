import { defineErrors } from "../../chain/base/errors.ts";

/** Refusals of module provider. Numbers are never reused. */
export const providerErrors = defineErrors("provider", {
  notFound: [2, "provider not found"],
  exists: [3, "provider is already registered"],
  invalidUri: [4, "invalid URI"],
  invalidAttribute: [5, "invalid attribute"],
  invalidKey: [6, "invalid key"],
  invalidDevice: [7, "invalid device"],
  notTheirs: [8, "signer may not act for this provider"],
  wrongState: [9, "not possible in this state of the provider"],
  attributePinned: [10, "a live lease was matched on this attribute"],
  devicesPromised: [11, "offers promise more devices than that"],
  staleSequence: [12, "heartbeat sequence is not new"],
  invalidTime: [13, "invalid heartbeat time"],
  tooEarly: [14, "too early"],
  invalidParams: [15, "invalid parameters of provider"],
  unknownClass: [16, "unknown hardware class"],
  notAwardable: [17, "provider may not be awarded leases now"],
  nothingChanges: [18, "nothing would change"],
  invalidGenesis: [19, "invalid genesis of provider"],
  operatorTaken: [20, "operator serves another provider"],
});
