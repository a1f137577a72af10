// numpy.random.default_rng([seed, crc32(word)]), number for number: SeedSequence (O'Neill's seed_seq
// without its faults) into PCG64 (XSL-RR), as carve/masks.py draws. Seeds are BigInt, 0 and up.

const M32 = 0xffffffffn, M64 = (1n << 64n) - 1n, M128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

export function crc32(text) {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// A number's 32-bit words, the lowest first; 0 is one word.
function wordsOf(number) {
  const words = [];
  do {
    words.push(Number(number & M32));
    number >>= 32n;
  } while (number > 0n);
  return words;
}

function pool(entropy) {
  let hash = 0x43b0d7e5;
  const mixed = (value) => {
    value = (value ^ hash) >>> 0;
    hash = Math.imul(hash, 0x931e8875) >>> 0;
    value = Math.imul(value, hash) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  };
  const joined = (x, y) => {
    const both = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
    return (both ^ (both >>> 16)) >>> 0;
  };
  const found = Array.from({ length: 4 }, (_, n) => mixed(entropy[n] ?? 0));
  for (let from = 0; from < 4; from++)
    for (let to = 0; to < 4; to++) if (from !== to) found[to] = joined(found[to], mixed(found[from]));
  for (let from = 4; from < entropy.length; from++)
    for (let to = 0; to < 4; to++) found[to] = joined(found[to], mixed(entropy[from]));
  return found;
}

function seeds(entropy) {
  const from = pool(entropy), words = [];
  let hash = 0x8b51f9dd;
  for (let n = 0; n < 8; n++) {
    let value = (from[n % 4] ^ hash) >>> 0;
    hash = Math.imul(hash, 0x58f38ded) >>> 0;
    value = Math.imul(value, hash) >>> 0;
    words.push(BigInt((value ^ (value >>> 16)) >>> 0));
  }
  return [0, 2, 4, 6].map((n) => words[n] | (words[n + 1] << 32n));
}

export class Chance {
  constructor(seed, word) {
    const [a, b, c, d] = seeds([...wordsOf(seed), ...wordsOf(BigInt(crc32(word)))]);
    this.increment = ((((c << 64n) | d) << 1n) | 1n) & M128;
    this.state = 0n;
    this.step();
    this.state = (this.state + ((a << 64n) | b)) & M128;
    this.step();
    this.half = null;
  }

  step() {
    this.state = (this.state * MULTIPLIER + this.increment) & M128;
  }

  next64() {
    this.step();
    const turn = this.state >> 122n, folded = ((this.state >> 64n) ^ this.state) & M64;
    return ((folded >> turn) | (folded << (-turn & 63n))) & M64;
  }

  next32() {
    if (this.half !== null) {
      const kept = this.half;
      this.half = null;
      return kept;
    }
    const both = this.next64();
    this.half = Number(both >> 32n);
    return Number(both & M32);
  }

  // 0 <= x < 1, of 53 bits.
  double() {
    return Number(this.next64() >> 11n) / 9007199254740992;
  }

  uniform(low, high, count) {
    return Float64Array.from({ length: count }, () => low + (high - low) * this.double());
  }

  // The numbers 0 .. count - 1 in another order.
  permutation(count) {
    const order = Array.from({ length: count }, (_, n) => n);
    for (let n = count - 1; n > 0; n--) {
      const mask = (2 ** (32 - Math.clz32(n)) - 1) >>> 0;
      let other;
      do other = (this.next32() & mask) >>> 0; while (other > n);
      [order[n], order[other]] = [order[other], order[n]];
    }
    return order;
  }

  // Each -1 or 1, as choice((-1, 1), count) draws.
  signs(count) {
    return Array.from({ length: count }, () => (this.next32() >>> 31 ? 1 : -1));
  }
}
