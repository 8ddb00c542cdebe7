/**
 * Upstream packages that become code under chain/codec/gen. To use one more, add its line here and
 * run the generator; its vectors must then be among the tests, or they refuse it.
 */
export const UPSTREAM_PACKAGES: readonly string[] = [
  "cosmos.auth.v1beta1",
  "cosmos.authz.v1beta1",
  "cosmos.bank.v1beta1",
  "cosmos.base.abci.v1beta1",
  "cosmos.base.node.v1beta1",
  "cosmos.base.query.v1beta1",
  "cosmos.base.tendermint.v1beta1",
  "cosmos.base.v1beta1",
  "cosmos.consensus.v1",
  "cosmos.crypto.ed25519",
  "cosmos.crypto.multisig",
  "cosmos.crypto.multisig.v1beta1",
  "cosmos.crypto.secp256k1",
  "cosmos.feegrant.v1beta1",
  "cosmos.ics23.v1",
  "cosmos.staking.v1beta1",
  "cosmos.tx.signing.v1beta1",
  "cosmos.tx.v1beta1",
  "cosmos.vesting.v1beta1",
  "google.protobuf",
  "tendermint.abci",
  "tendermint.crypto",
  "tendermint.libs.bits",
  "tendermint.p2p",
  "tendermint.types",
  "tendermint.version",
];
