// The reference IAVL tree: plain objects, recomputed hashes, nothing shared with chain/store. It is
// written from the rules of cosmos/iavl v1 alone, to be obviously right and slow.

import { createHash } from "node:crypto";

/** A node of the reference tree. `version` 0 = made since the last commit. */
export interface RefNode {
  readonly key: Buffer;
  readonly value: Buffer | undefined;
  readonly left: RefNode | undefined;
  readonly right: RefNode | undefined;
  readonly height: number;
  readonly size: number;
  version: number;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function unsigned(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const signed = (value: number): Buffer => unsigned(value * 2);

/** Bytes before the two child hashes of an inner node. */
export function refInnerPrefix(node: RefNode): Buffer {
  return Buffer.concat([signed(node.height), signed(node.size), signed(node.version)]);
}

/** Hash of a committed node. */
export function refHash(node: RefNode | undefined): Buffer {
  if (node === undefined) return sha256();
  const length = Buffer.from([32]);
  const head = refInnerPrefix(node);
  if (node.value === undefined)
    return sha256(head, length, refHash(node.left), length, refHash(node.right));
  return sha256(head, unsigned(node.key.length), node.key, length, sha256(node.value));
}

function leaf(key: Buffer, value: Buffer): RefNode {
  return { key, value, left: undefined, right: undefined, height: 0, size: 1, version: 0 };
}

function inner(key: Buffer, left: RefNode, right: RefNode): RefNode {
  const height = Math.max(left.height, right.height) + 1;
  return { key, value: undefined, left, right, height, size: left.size + right.size, version: 0 };
}

function parts(node: RefNode): { left: RefNode; right: RefNode } {
  if (node.left === undefined || node.right === undefined) throw new Error("a leaf has no parts");
  return { left: node.left, right: node.right };
}

function lean(node: RefNode): number {
  const { left, right } = parts(node);
  return left.height - right.height;
}

function rotateRight(node: RefNode): RefNode {
  const { left, right } = parts(node);
  const below = parts(left);
  return inner(left.key, below.left, inner(node.key, below.right, right));
}

function rotateLeft(node: RefNode): RefNode {
  const { left, right } = parts(node);
  const below = parts(right);
  return inner(right.key, inner(node.key, left, below.left), below.right);
}

function balance(node: RefNode): RefNode {
  const { left, right } = parts(node);
  if (lean(node) > 1)
    return rotateRight(lean(left) >= 0 ? node : inner(node.key, rotateLeft(left), right));
  if (lean(node) < -1)
    return rotateLeft(lean(right) <= 0 ? node : inner(node.key, left, rotateRight(right)));
  return node;
}

function insert(node: RefNode | undefined, key: Buffer, value: Buffer): RefNode {
  if (node === undefined) return leaf(key, value);
  const order = Buffer.compare(key, node.key);
  if (node.value !== undefined) {
    if (order === 0) return leaf(key, value);
    if (order < 0) return inner(node.key, leaf(key, value), node);
    return inner(key, node, leaf(key, value));
  }
  const { left, right } = parts(node);
  if (order < 0) return balance(inner(node.key, insert(left, key, value), right));
  return balance(inner(node.key, left, insert(right, key, value)));
}

interface Removal {
  readonly node: RefNode | undefined;
  readonly newKey: Buffer | undefined;
}

/** Undefined when the key is not there. */
function removal(node: RefNode, key: Buffer): Removal | undefined {
  const order = Buffer.compare(key, node.key);
  if (node.value !== undefined)
    return order === 0 ? { node: undefined, newKey: undefined } : undefined;
  const { left, right } = parts(node);
  const below = removal(order < 0 ? left : right, key);
  if (below === undefined) return undefined;
  if (order < 0) {
    if (below.node === undefined) return { node: right, newKey: node.key };
    return { node: balance(inner(node.key, below.node, right)), newKey: below.newKey };
  }
  if (below.node === undefined) return { node: left, newKey: undefined };
  return {
    node: balance(inner(below.newKey ?? node.key, left, below.node)),
    newKey: undefined,
  };
}

/** A versioned tree; every committed root stays. */
export class ReferenceTree {
  root: RefNode | undefined;
  readonly roots = new Map<number, RefNode | undefined>();

  set(key: Uint8Array, value: Uint8Array): void {
    this.root = insert(this.root, Buffer.from(key), Buffer.from(value));
  }

  delete(key: Uint8Array): void {
    if (this.root === undefined) return;
    const result = removal(this.root, Buffer.from(key));
    if (result !== undefined) this.root = result.node;
  }

  /** Gives the new nodes their version; the root hash. */
  commit(version: number): Buffer {
    const stamp = (node: RefNode | undefined): void => {
      if (node === undefined || node.version !== 0) return;
      node.version = version;
      stamp(node.left);
      stamp(node.right);
    };
    stamp(this.root);
    this.roots.set(version, this.root);
    return refHash(this.root);
  }

  /** Entries of a committed version in key order. */
  *entries(version: number): Generator<[Buffer, Buffer]> {
    function* walk(node: RefNode | undefined): Generator<[Buffer, Buffer]> {
      if (node === undefined) return;
      if (node.value !== undefined) yield [node.key, node.value];
      yield* walk(node.left);
      yield* walk(node.right);
    }
    yield* walk(this.roots.get(version));
  }
}
