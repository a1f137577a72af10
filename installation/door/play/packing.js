// Nets in a few bytes, as carve/packing.py has them: its docstring is the format's. A net here is
// {model, name, seed, tone, cuts: [{site, operation, amount, side, chisel, grain}], rack}; seeds
// are BigInt, an operation is its name.

import { OPERATIONS as MADE } from "./made/operations.js";

const LAYERS = [
  "dec1", "dec2", "dec3", "dec4", "dec5", "enc1", "enc2", "enc3", "enc4", "enc5", "latent",
  "skip1", "skip2", "skip3", "skip4", "skip5",
];
export const SITES = ["flow", "interp"].flatMap((part) => LAYERS.map((layer) => `${part}/${layer}`));
export const OPERATIONS = [
  "add", "subtract", "multiply", "cut off", "invert", "roll across", "roll down", "shuffle", "swap",
  "quantise", "clip", "smear across", "smear down", "noise", "feedback",
];
export const SHAPES = ["whole", "blocks", "rows", "columns", "disc"];
export const TOOLS = [
  "amplify", "depth shade", "depth move", "depth map", "sampler", "sampler left", "sampler right",
  "sampler top", "sampler bottom", "tile", "blur", "sharpen", "enhance", "pixelate", "sort right",
  "sort left", "sort down", "sort up", "hue sort right", "hue sort left", "hue sort down",
  "hue sort up", "auto sort", "auto hue sort", "saturate", "posterise", "colorize", "colorize fire",
  "colorize ice", "colorize neon", "colorize print", "rgb split", "rgb split down",
];
const PREFIX_BITS = 48, TOOL_BY_NAME = 63, OPERATION_BY_NAME = 15, VERSION = 1, LONGEST = 2953;
export const PLAIN_CHISEL = { shape: "whole", share: 0.4, seed: 0n };
export const PLAIN_GRAIN = { share: 1, seed: 0n };

export class DamagedError extends Error {}
export class NewerError extends Error {}

class Writer {
  bits = [];

  put(value, count) {
    const wide = BigInt(value);
    for (let n = count - 1; n >= 0; n--) this.bits.push(Number((wide >> BigInt(n)) & 1n));
  }

  count(value) {
    const wide = BigInt(value), bits = wide ? wide.toString(2).length : 0;
    this.put(bits, 6);
    if (bits > 1) this.put(wide - (1n << BigInt(bits - 1)), bits - 1);
  }

  number(value, top = 1) {
    for (const [mark, markBits, parts] of [[2, 2, 100], [0, 1, 10000]]) {
      const near = roundedEven(value * parts);
      if (near / parts !== value) continue;
      this.put(mark, markBits);
      this.put(near, (top * parts).toString(2).length);
      return;
    }
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    this.put(3, 2);
    this.put(view.getBigUint64(0), 64);
  }

  text(text) {
    const bytes = new TextEncoder().encode(text);
    this.count(bytes.length);
    for (const byte of bytes) this.put(byte, 8);
  }

  bytes() {
    while (this.bits.length % 8) this.bits.push(0);
    return Uint8Array.from({ length: this.bits.length / 8 }, (_, n) =>
      this.bits.slice(8 * n, 8 * n + 8).reduce((byte, bit) => 2 * byte + bit, 0));
  }
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  wide(count) {
    if (this.at + count > 8 * this.bytes.length) throw new DamagedError();
    let value = 0n;
    for (let n = 0; n < count; n++, this.at++)
      value = (value << 1n) | BigInt((this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1);
    return value;
  }

  take(count) {
    return Number(this.wide(count));
  }

  count() {
    const bits = this.take(6);
    return bits ? (1n << BigInt(bits - 1)) + this.wide(bits - 1) : 0n;
  }

  many(most = 8 * LONGEST) {
    const count = this.count();
    if (count > BigInt(most)) throw new DamagedError();
    return Number(count);
  }

  number(top = 1) {
    if (!this.take(1)) return this.take((top * 10000).toString(2).length) / 10000;
    if (!this.take(1)) return this.take((top * 100).toString(2).length) / 100;
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, this.wide(64));
    return view.getFloat64(0);
  }

  text() {
    const length = this.many(LONGEST);
    const bytes = Uint8Array.from({ length }, () => this.take(8));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  }
}

// To the nearest whole number, a half to the even one, as Python rounds.
export function roundedEven(value) {
  const low = Math.floor(value), rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 ? low + 1 : low;
}

function crc16(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let k = 0; k < 8; k++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc;
}

const isPlain = (cut) =>
  cut.chisel.shape === "whole" && cut.chisel.share === 0.4 && cut.chisel.seed === 0n &&
  cut.grain.share === 1 && cut.grain.seed === 0n;

export function packed(net, model = "") {
  const bits = new Writer(), known = net.model === model;
  bits.put(known, 1);
  const sha = BigInt(`0x${net.model}`);
  bits.put(known ? sha >> BigInt(256 - PREFIX_BITS) : sha, known ? PREFIX_BITS : 256);
  bits.text(net.name);
  bits.count(net.seed);
  const toned = net.tone.some((gain) => gain !== 1);
  bits.put(toned, 1);
  if (toned) for (const gain of net.tone) bits.number(gain, 2);
  const cuts = [...net.cuts].sort((one, other) => (one.site < other.site ? -1 : 1));
  const cut = new Set(cuts.map((each) => each.site));
  for (const site of SITES) bits.put(cut.delete(site), 1);
  bits.count(cut.size);
  for (const site of [...cut].sort()) bits.text(site);
  for (const each of cuts) {
    const numbered = OPERATIONS.indexOf(each.operation);
    bits.put(numbered < 0 ? OPERATION_BY_NAME : numbered, 4);
    if (numbered < 0) bits.text(each.operation);
    const [side, count] = { both: [0, 1], a: [2, 2], b: [3, 2] }[each.side];
    bits.put(side, count);
    bits.number(each.amount);
    bits.put(!isPlain(each), 1);
    if (isPlain(each)) continue;
    bits.put(SHAPES.indexOf(each.chisel.shape), 3);
    bits.number(each.chisel.share);
    bits.count(each.chisel.seed);
    bits.number(each.grain.share);
    bits.count(each.grain.seed);
  }
  bits.count(net.rack.length);
  for (const step of net.rack) {
    const place = TOOLS.indexOf(step.tool);
    bits.put(place < 0 ? TOOL_BY_NAME : place, 6);
    if (place < 0) bits.text(step.tool);
    bits.number(step.amount);
  }
  const body = Uint8Array.of(0x55, VERSION, ...bits.bytes()), crc = crc16(body);
  return Uint8Array.of(...body, crc >> 8, crc & 255);
}

// The net; throws DamagedError where there is none, NewerError where it is cut in a way that is not
// known here. `model` (sha256) is what a beginning may stand
// for; a net for another model keeps the beginning that is known of it.
export function unpacked(bytes, model = "") {
  const whole = bytes.length >= 4 && bytes.length <= LONGEST && bytes[0] === 0x55;
  const end = bytes.length - 2;
  if (!whole || crc16(bytes.subarray(0, end)) !== 256 * bytes[end] + bytes[end + 1])
    throw new DamagedError();
  if (bytes[1] > VERSION) throw new NewerError();
  if (bytes[1] !== VERSION) throw new DamagedError();
  try {
    return read(new Reader(bytes.subarray(2, end)), model);
  } catch (error) {
    if (error instanceof TypeError) throw new DamagedError();
    throw error;
  }
}

function read(bits, model) {
  const beginning = bits.take(1), count = beginning ? PREFIX_BITS : 256;
  let sha = bits.wide(count).toString(16).padStart(count / 4, "0");
  if (beginning && model.startsWith(sha)) sha = model;
  const name = bits.text(), seed = bits.count();
  const tone = bits.take(1) ? [bits.number(2), bits.number(2), bits.number(2)] : [1, 1, 1];
  const sites = SITES.filter(() => bits.take(1));
  for (let n = bits.many(); n > 0; n--) sites.push(bits.text());
  const cuts = sites.sort().map((site) => {
    const numbered = bits.take(4);
    const operation = numbered === OPERATION_BY_NAME ? bits.text() : OPERATIONS[numbered];
    if (numbered === OPERATION_BY_NAME && OPERATIONS.includes(operation)) throw new DamagedError();
    if (!Object.hasOwn(MADE.does.flow, operation ?? "")) throw new NewerError();
    const side = bits.take(1) ? (bits.take(1) ? "b" : "a") : "both";
    const amount = bits.number();
    let chisel = PLAIN_CHISEL, grain = PLAIN_GRAIN;
    if (bits.take(1)) {
      chisel = { shape: SHAPES[bits.take(3)], share: bits.number(), seed: bits.count() };
      grain = { share: bits.number(), seed: bits.count() };
    }
    return { site, operation, amount, side, chisel, grain };
  });
  const rack = Array.from({ length: bits.many() }, () => {
    const place = bits.take(6), tool = place === TOOL_BY_NAME ? bits.text() : TOOLS[place];
    return { tool, amount: bits.number() };
  });
  const net = { model: sha, name, seed, tone, cuts, rack };
  const rest = 8 * bits.bytes.length - bits.at;
  if (rest > 7 || bits.take(rest)) throw new DamagedError();
  check(net);
  return net;
}

function check(net) {
  const share = (value) => value >= 0 && value <= 1;
  const sound =
    net.cuts.every((cut) => cut.chisel.shape &&
      share(cut.amount) && cut.amount > 0 && share(cut.chisel.share) && share(cut.grain.share) && cut.grain.share > 0) &&
    net.rack.every((step) => step.tool && share(step.amount)) &&
    net.tone.every((gain) => gain >= 0 && gain <= 2);
  if (!sound) throw new DamagedError();
}

// A link's fragment: base64url without padding.
export function fragmentOf(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function bytesOf(fragment) {
  try {
    const text = atob(fragment.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  } catch {
    throw new DamagedError();
  }
}
