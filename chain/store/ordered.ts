// An ordered map with snapshots that cost nothing: a B+ tree whose nodes are copied on the first
// write after a snapshot. It carries the overlay of branches, the memory store and the side store.
// Keys are byte strings written as text, one character U+0000..U+00FF per byte: JavaScript compares
// such text byte by byte. What does not live here: hashing, and anything about disk.

import { assert } from "../base/assert.ts";

/** Most entries of a node. 64 keeps splices short and a million entries at four levels. */
const NODE_MAX = 64;
/** A node below this is joined with a neighbour when both fit into one. */
const NODE_MIN = 16;

/** Who may change a node in place; everyone else copies it. */
type Owner = object;

interface Node<V> {
  readonly owner: Owner;
  /** Of a leaf: its keys. Of an inner node: lower bound of each child (the first is never looked at). */
  readonly keys: string[];
  /** Values of a leaf; empty in inner nodes. */
  readonly values: V[];
  /** Children of an inner node; undefined in leaves. */
  readonly children: Node<V>[] | undefined;
}

/** Bytes as text of one character per byte. */
export function textOfBytes(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length <= 1024) return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
  let text = "";
  for (let at = 0; at < length; at += 1024) text += textOfBytes(bytes.subarray(at, at + 1024));
  return text;
}

/** The bytes of such text. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Where a walk begins and ends: start <= key < end, an absent bound is open. */
export interface TextRange {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly reverse?: boolean | undefined;
}

/** The map as it was at one moment. Later writes to its source are not seen. */
export class OrderedSnapshot<V> {
  protected root: Node<V>;
  protected count: number;

  /** Only `OrderedMap` makes these. */
  constructor(root: Node<V>, count: number) {
    this.root = root;
    this.count = count;
  }

  /** How many entries there are. */
  get size(): number {
    return this.count;
  }

  get(key: string): V | undefined {
    let node = this.root;
    while (node.children !== undefined) node = node.children[childIndex(node, key)] as Node<V>;
    const at = lowerBound(node.keys, key);
    return node.keys[at] === key ? node.values[at] : undefined;
  }

  has(key: string): boolean {
    let node = this.root;
    while (node.children !== undefined) node = node.children[childIndex(node, key)] as Node<V>;
    return node.keys[lowerBound(node.keys, key)] === key;
  }

  /** Walks the entries of this very moment: the nodes are held, not the map. */
  walk(range: TextRange): IterableIterator<readonly [string, V]> {
    return range.reverse === true
      ? descending(this.root, range.start, range.end)
      : ascending(this.root, range.start, range.end);
  }
}

/** An ordered map of text of one character per byte. */
export class OrderedMap<V> extends OrderedSnapshot<V> {
  #owner: Owner = {};

  constructor() {
    super({ owner: {}, keys: [], values: [], children: undefined }, 0);
  }

  /** The present content, for ever. Costs nothing now and one copied path per later write. */
  snapshot(): OrderedSnapshot<V> {
    this.#owner = {};
    return new OrderedSnapshot(this.root, this.count);
  }

  override walk(range: TextRange): IterableIterator<readonly [string, V]> {
    return this.snapshot().walk(range);
  }

  clear(): void {
    this.root = { owner: this.#owner, keys: [], values: [], children: undefined };
    this.count = 0;
  }

  set(key: string, value: V): void {
    this.root = this.#own(this.root);
    const right = this.#insert(this.root, key, value);
    if (right === undefined) return;
    const bounds = ["", right.keys[0] as string];
    this.root = { owner: this.#owner, keys: bounds, values: [], children: [this.root, right] };
  }

  /** Whether the key was there. */
  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.root = this.#own(this.root);
    this.#remove(this.root, key);
    while (this.root.children?.length === 1) this.root = this.root.children[0] as Node<V>;
    this.count -= 1;
    return true;
  }

  #own(node: Node<V>): Node<V> {
    if (node.owner === this.#owner) return node;
    return {
      owner: this.#owner,
      keys: node.keys.slice(),
      values: node.values.slice(),
      children: node.children?.slice(),
    };
  }

  /** Puts the entry under an owned node; gives the right half when the node had to be split. */
  #insert(node: Node<V>, key: string, value: V): Node<V> | undefined {
    if (node.children === undefined) {
      const at = lowerBound(node.keys, key);
      if (node.keys[at] === key) {
        node.values[at] = value;
        return undefined;
      }
      node.keys.splice(at, 0, key);
      node.values.splice(at, 0, value);
      this.count += 1;
    } else {
      const at = childIndex(node, key);
      const child = this.#own(node.children[at] as Node<V>);
      node.children[at] = child;
      const right = this.#insert(child, key, value);
      if (right === undefined) return undefined;
      node.children.splice(at + 1, 0, right);
      node.keys.splice(at + 1, 0, right.keys[0] as string);
    }
    return node.keys.length > NODE_MAX ? this.#split(node) : undefined;
  }

  #split(node: Node<V>): Node<V> {
    // A node that grew at its end is split there: keys that only ascend leave full nodes behind.
    const half = NODE_MAX >> 1;
    return {
      owner: this.#owner,
      keys: node.keys.splice(half),
      values: node.values.splice(half),
      children: node.children?.splice(half),
    };
  }

  /** Takes a key that is there out of an owned node. */
  #remove(node: Node<V>, key: string): void {
    if (node.children === undefined) {
      const at = lowerBound(node.keys, key);
      node.keys.splice(at, 1);
      node.values.splice(at, 1);
      return;
    }
    const at = childIndex(node, key);
    const child = this.#own(node.children[at] as Node<V>);
    node.children[at] = child;
    this.#remove(child, key);
    if (child.keys.length < NODE_MIN) this.#join(node, at);
  }

  /** Joins the small child `at` with a neighbour, if both fit into one node. */
  #join(node: Node<V>, at: number): void {
    const children = node.children as Node<V>[];
    if (children.length === 1) return;
    const first = at === 0 ? 0 : at - 1;
    const left = children[first] as Node<V>;
    const right = children[first + 1] as Node<V>;
    if (left.keys.length + right.keys.length > NODE_MAX) return;
    const joined = this.#own(left);
    const bounds = right.keys.slice();
    // The first bound of an inner node is never looked at where it stands; here it is.
    if (right.children !== undefined) bounds[0] = node.keys[first + 1] as string;
    joined.keys.push(...bounds);
    joined.values.push(...right.values);
    joined.children?.push(...(right.children as Node<V>[]));
    children.splice(first, 2, joined);
    node.keys.splice(first + 1, 1);
  }
}

/** Index of the first key that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the child whose range holds `key`. */
function childIndex<V>(node: Node<V>, key: string): number {
  let low = 1;
  let high = node.keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((node.keys[middle] as string) <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** One leaf per descent: the bound of the path on the far side is where the next descent begins. */
function* ascending<V>(
  root: Node<V>,
  start: string | undefined,
  end: string | undefined,
): IterableIterator<readonly [string, V]> {
  let from: string | undefined = start ?? "";
  while (from !== undefined) {
    let node = root;
    let next: string | undefined;
    while (node.children !== undefined) {
      const at = childIndex(node, from);
      next = node.keys[at + 1] ?? next;
      node = node.children[at] as Node<V>;
    }
    for (let i = lowerBound(node.keys, from); i < node.keys.length; i++) {
      const key = node.keys[i] as string;
      if (end !== undefined && key >= end) return;
      yield [key, node.values[i] as V];
    }
    from = next;
  }
}

function* descending<V>(
  root: Node<V>,
  start: string | undefined,
  end: string | undefined,
): IterableIterator<readonly [string, V]> {
  let below = end;
  for (;;) {
    let node = root;
    let next: string | undefined;
    while (node.children !== undefined) {
      const at: number =
        below === undefined ? node.keys.length - 1 : Math.max(0, lowerBound(node.keys, below) - 1);
      if (at > 0) next = node.keys[at] as string;
      node = node.children[at] as Node<V>;
    }
    const last = below === undefined ? node.keys.length : lowerBound(node.keys, below);
    for (let i = last - 1; i >= 0; i--) {
      const key = node.keys[i] as string;
      if (start !== undefined && key < start) return;
      yield [key, node.values[i] as V];
    }
    if (next === undefined) return;
    assert(below === undefined || next < below, "a descending walk must descend");
    below = next;
  }
}
