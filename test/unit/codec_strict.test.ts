// What the decoder refuses, one rule at a time, with the path it names; and the few liberties.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, fromHex, toHex, utf8 } from "../../chain/base/bytes.ts";
import { ZERO_TIME } from "../../chain/base/time.ts";
import { BaseAccount } from "../../chain/codec/gen/cosmos/auth/v1beta1.ts";
import { MsgSend, SendEnabled } from "../../chain/codec/gen/cosmos/bank/v1beta1.ts";
import { Coin } from "../../chain/codec/gen/cosmos/base/v1beta1.ts";
import { PageRequest } from "../../chain/codec/gen/cosmos/base/query/v1beta1.ts";
import { MultiSignature } from "../../chain/codec/gen/cosmos/crypto/multisig/v1beta1.ts";
import { InnerSpec } from "../../chain/codec/gen/cosmos/ics23/v1.ts";
import { ModeInfo, TxBody, TxRaw } from "../../chain/codec/gen/cosmos/tx/v1beta1.ts";
import { Timestamp } from "../../chain/codec/gen/google/protobuf.ts";
import { CodecError, stripUnknown } from "../../chain/codec/index.ts";
import type { MessageType } from "../../chain/codec/types.ts";
import { CanonicalVote, Header, Vote } from "../../chain/codec/gen/tendermint/types.ts";

function hex(text: string): Uint8Array {
  return fromHex(text.replaceAll(" ", "")) as Uint8Array;
}

function refused(type: MessageType<unknown>, text: string, path: string, reason: RegExp): void {
  try {
    type.decode(hex(text));
  } catch (error) {
    assert.instance(error, CodecError, text);
    assert.is((error as CodecError).path, path);
    assert.match((error as CodecError).message, reason);
    return;
  }
  assert.unreachable(`${text} was accepted`);
}

const SEND = "cosmos.bank.v1beta1.MsgSend";
const PAGE = "cosmos.base.query.v1beta1.PageRequest";

test("unknown, repeated and unordered fields", () => {
  const reason = /unknown, repeated or out of order/;
  refused(MsgSend, "22 01 61", SEND, reason);
  refused(MsgSend, "0a 01 61 0a 01 61", SEND, reason);
  refused(MsgSend, "12 01 61 0a 01 61", SEND, reason);
  refused(MsgSend, "1a 03 12 01 31 0a 01 61", SEND, reason);
  refused(MsgSend, "1a 06 12 01 31 0a 01 61", `${SEND}.amount`, reason);
  refused(MsgSend, "08 01", SEND, reason);
  refused(MsgSend, "0b 0c", SEND, reason);
});

test("tags: field number zero, long form, longer than 32 bits", () => {
  refused(MsgSend, "00", SEND, /no field number/);
  refused(MsgSend, "02 00", SEND, /no field number/);
  refused(MsgSend, "8a 00 01 61", SEND, /shortest form/);
  refused(MsgSend, "8a 80 80 80 10 01 61", SEND, /longer than 32 bits/);
  refused(MsgSend, "8a", SEND, /inside a varint/);
});

test("lengths that run over what contains them", () => {
  refused(MsgSend, "0a 02 61", `${SEND}.from_address`, /longer than/);
  refused(MsgSend, "1a 02 0a 01", `${SEND}.amount.denom`, /longer than/);
  refused(MsgSend, "0a ff ff ff ff 0f", `${SEND}.from_address`, /longer than/);
  refused(MsgSend, "0a ff ff ff ff ff ff ff ff ff 01", `${SEND}.from_address`, /longer than/);
});

test("explicit defaults", () => {
  const reason = /explicit default/;
  refused(MsgSend, "0a 00", `${SEND}.from_address`, reason);
  refused(PageRequest, "0a 00", `${PAGE}.key`, reason);
  refused(PageRequest, "10 00", `${PAGE}.offset`, reason);
  refused(PageRequest, "20 00", `${PAGE}.count_total`, reason);
  refused(ModeInfo, "0a 02 08 00", "cosmos.tx.v1beta1.ModeInfo.single.mode", reason);
  refused(Coin, "12 00", "cosmos.base.v1beta1.Coin.amount", reason);
});

test("varints: shortest form, 64 bits at most, bools are 0 or 1", () => {
  refused(PageRequest, "10 81 00", `${PAGE}.offset`, /shortest form/);
  refused(PageRequest, "10 ff ff ff ff ff ff ff ff ff 02", `${PAGE}.offset`, /longer than 64/);
  refused(PageRequest, "10 ff ff ff ff ff ff ff ff ff 81 00", `${PAGE}.offset`, /longer than 64/);
  refused(PageRequest, "20 02", `${PAGE}.count_total`, /0 or 1/);
  const most = PageRequest.decode(hex("10 ff ff ff ff ff ff ff ff ff 01"));
  assert.is(most.offset, (1n << 64n) - 1n);
});

test("32-bit fields take no 64-bit number, negative ones are sign-extended", () => {
  const name = "tendermint.types.Vote";
  refused(Vote, "18 80 80 80 80 10", `${name}.round`, /out of range of int32/);
  refused(Vote, "18 ff ff ff ff 0f", `${name}.round`, /out of range of int32/);
  const vote = Vote.decode(hex("18 ff ff ff ff ff ff ff ff ff 01 22 02 12 00"));
  assert.is(vote.round, -1);
  const part = "tendermint.types.Vote.block_id.part_set_header.total";
  refused(Vote, "22 08 12 06 08 80 80 80 80 10", part, /out of range of uint32/);
});

test("text is UTF-8, without surrogates and long forms", () => {
  const reason = /not valid UTF-8/;
  for (const text of ["ff", "c0 80", "ed a0 80", "c3", "f4 90 80 80"]) {
    const bytes = hex(text);
    refused(
      MsgSend,
      `0a ${toHex(Uint8Array.of(bytes.length))} ${text}`,
      `${SEND}.from_address`,
      reason,
    );
  }
  const long = concatBytes(utf8("a".repeat(40)), hex("ff"));
  refused(MsgSend, `0a 29 ${toHex(long)}`, `${SEND}.from_address`, reason);
  assert.is(MsgSend.decode(hex("0a 03 ef bb bf")).fromAddress, "\ufeff");
});

test("one member of a oneof, and its default may be written", () => {
  refused(
    ModeInfo,
    "0a 02 08 01 12 00",
    "cosmos.tx.v1beta1.ModeInfo.multi",
    /second member of its oneof/,
  );
  assert.equal(ModeInfo.decode(hex("0a 00")), { single: { mode: 0 }, multi: undefined });
  const both = { single: { mode: 1 }, multi: { bitarray: undefined, modeInfos: [] } };
  assert.throws(() => ModeInfo.encode(both), /more than one member/);
});

test("lists of numbers are packed, and not empty", () => {
  const name = "cosmos.ics23.v1.InnerSpec";
  assert.equal(InnerSpec.decode(hex("0a 02 00 01")).childOrder, [0, 1]);
  refused(InnerSpec, "08 00 08 01", name, /unknown, repeated or out of order/);
  refused(InnerSpec, "0a 00", `${name}.child_order`, /explicit empty list/);
  refused(InnerSpec, "0a 01 00 0a 01 01", name, /unknown, repeated or out of order/);
});

test("amounts of cosmos messages are shortest decimals of at most 256 bits", () => {
  const path = "cosmos.base.v1beta1.Coin.amount";
  const amount = (text: string): string =>
    toHex(concatBytes(Uint8Array.of(0x12, utf8(text).length), utf8(text)));
  const most = ((1n << 256n) - 1n).toString();
  for (const text of ["+1", "01", "0x1", "1_0", "-0", " 1", "1.0", (1n << 256n).toString()])
    refused(Coin, amount(text), path, /not a decimal integer/);
  for (const text of ["0", "-5", most, `-${most}`])
    assert.is(Coin.decode(hex(amount(text))).amount, text);
});

test("times are those that Go takes", () => {
  const name = "tendermint.types.Header.time";
  const at = (seconds: bigint, nanos: number): string => {
    const time = Timestamp.encode({ seconds, nanos });
    return toHex(concatBytes(Uint8Array.of(0x22, time.length), time));
  };
  refused(Header, at(253402300800n, 0), name, /years/);
  refused(Header, at(-62135596801n, 0), name, /years/);
  refused(Header, at(0n, 1_000_000_000), name, /years/);
  refused(Header, at(0n, -1), name, /years/);
  assert.is(Header.decode(hex(at(253402300799n, 999_999_999))).time.nanos, 999_999_999);
  assert.equal(Timestamp.decode(hex("10 80 94 eb dc 03")).nanos, 1_000_000_000);
});

test("an absent message that is always written gets its default", () => {
  const header = Header.decode(new Uint8Array(0));
  assert.equal(header.time, ZERO_TIME);
  assert.is(toHex(Header.encode(header)), "0a00220b088092b8c398feffffff012a021200");
  assert.equal(Header.decode(Header.encode(header)), header);
});

/** A mode info nested `levels` deep: each is two messages. */
function nested(levels: number): Uint8Array {
  let bytes = ModeInfo.encode({ single: { mode: 1 } });
  for (let i = 0; i < levels; i++) {
    const multi = concatBytes(Uint8Array.of(0x12), varint(bytes.length), bytes);
    bytes = concatBytes(Uint8Array.of(0x12), varint(multi.length), multi);
  }
  return bytes;
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (; value >= 0x80; value >>>= 7) out.push((value & 0x7f) | 0x80);
  return Uint8Array.from([...out, value]);
}

test("nesting ends at 32, however deep the bytes go", () => {
  ModeInfo.decode(nested(15));
  assert.throws(() => ModeInfo.decode(nested(16)), /deeper than 32/);
  assert.throws(() => ModeInfo.decode(nested(10_000)), /deeper than 32/);
  assert.throws(() => ModeInfo.decodeLenient(nested(10_000)), /deeper than 32/);
});

test("a Buffer is read as bytes, and nothing decoded is a view of the input", () => {
  const source = Buffer.from(
    TxRaw.encode({
      bodyBytes: Uint8Array.of(1, 2),
      authInfoBytes: new Uint8Array(200).fill(3),
      signatures: [Uint8Array.of(4)],
    }),
  );
  const raw = TxRaw.decode(source);
  source.fill(0);
  assert.equal([...raw.bodyBytes], [1, 2]);
  assert.is(raw.bodyBytes.constructor, Uint8Array);
  assert.ok(raw.authInfoBytes.every((byte) => byte === 3));
});

test("unknown fields: all of them for queries, the non-critical ones of a body", () => {
  const known = TxBody.encode(TxBody.create({ memo: "m", timeoutHeight: 5n }));
  const noncritical = concatBytes(known, hex("82 40 02 aa bb"));
  const critical = concatBytes(known, hex("82 20 01 aa"));
  assert.throws(() => TxBody.decode(noncritical), /unknown/);
  const kept = stripUnknown(TxBody, noncritical, "noncritical");
  assert.equal([kept.found, toHex(kept.bytes)], [true, toHex(known)]);
  assert.is(stripUnknown(TxBody, known, "noncritical").found, false);
  assert.is(stripUnknown(TxBody, critical, "noncritical").found, false);
  assert.is(TxBody.decodeLenient(critical).memo, "m");
  const coin = hex("1a 09 0a 01 61 12 01 31 98 06 01");
  assert.equal(MsgSend.decodeLenient(coin).amount, [{ denom: "a", amount: "1" }]);
  assert.throws(() => MsgSend.decodeLenient(hex("0a 01 61 0a 01 61")), /repeated/);
  assert.throws(() => MsgSend.decodeLenient(hex("0b 0c")), /wire type 3/);
  assert.throws(() => MsgSend.decodeLenient(hex("f2 06 05 61")), /ends inside/);
});

test("the encoder checks ranges and types, and names the field", () => {
  const bad = (run: () => unknown, path: string, reason: RegExp): void => {
    try {
      run();
    } catch (error) {
      assert.instance(error, CodecError);
      assert.is((error as CodecError).path, path);
      assert.match((error as CodecError).message, reason);
      return;
    }
    assert.unreachable(path);
  };
  const page = (part: object): Uint8Array => PageRequest.encode(PageRequest.create(part));
  bad(() => page({ offset: 1n << 64n }), `${PAGE}.offset`, /out of range of uint64/);
  bad(() => page({ offset: -1n }), `${PAGE}.offset`, /out of range/);
  bad(() => page({ offset: 1 }), `${PAGE}.offset`, /not a bigint/);
  bad(() => page({ key: "a" }), `${PAGE}.key`, /not a Uint8Array/);
  bad(() => page({ reverse: 1 }), `${PAGE}.reverse`, /not a boolean/);
  bad(
    () => Coin.encode({ denom: "\ud800", amount: "1" }),
    "cosmos.base.v1beta1.Coin.denom",
    /surrogate/,
  );
  bad(
    () => Coin.encode({ denom: "a", amount: "1e3" }),
    "cosmos.base.v1beta1.Coin.amount",
    /integer/,
  );
  bad(
    () => SendEnabled.encode({ denom: 5 as unknown as string, enabled: true }),
    "cosmos.bank.v1beta1.SendEnabled.denom",
    /not a string/,
  );
  const account = BaseAccount.create({ sequence: 1.5 as unknown as bigint });
  bad(
    () => BaseAccount.encode(account),
    "cosmos.auth.v1beta1.BaseAccount.sequence",
    /not a bigint/,
  );
  const signatures = MultiSignature.encode({ signatures: [new Uint8Array(0)] });
  assert.is(toHex(signatures), "0a00");
});

test("a failed encoding leaves nothing behind for the next", () => {
  const good = Coin.encode({ denom: "a", amount: "1" });
  assert.throws(() => Coin.encode({ denom: "\ud800", amount: "1" }));
  assert.equal(Coin.encode({ denom: "a", amount: "1" }), good);
});

test("buffers grow: a message of three megabytes", () => {
  const signatures = Array.from({ length: 3000 }, (_, i) => new Uint8Array(1000).fill(i));
  const raw = { bodyBytes: Uint8Array.of(1), authInfoBytes: Uint8Array.of(2), signatures };
  assert.equal(TxRaw.decode(TxRaw.encode(raw)), raw);
});

test("fixed 64-bit numbers, negative too", () => {
  const vote = CanonicalVote.create({ height: -2n, round: 1n, chainId: "c" });
  const bytes = CanonicalVote.encode(vote);
  assert.match(toHex(bytes), /^11feffffffffffffff190100000000000000/);
  assert.equal(CanonicalVote.decode(bytes), vote);
  assert.throws(() => CanonicalVote.decode(hex("11 00 00 00 00 00 00 00 00")), /explicit default/);
  assert.throws(() => CanonicalVote.decode(hex("11 00 00 00")), /ends before/);
});

test.run();
