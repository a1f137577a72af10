// The two carved U-Nets, run by ONNX Runtime's wasm: interpolator/unet.py on a phone, for clips of
// one size. Frames are RGB, three bytes a pixel, the size of `about.size`.

import { carried, REMEMBERED } from "./feedback.js";
import { graphInputs } from "./inputs.js";

const CARVED_MARGIN = 1 / 4, MOTIONS = 64, single = Math.fround, PART = single(1 / 255);

// Where in a clip a position lies: [first, second, t], as interpolator/timeline.py has it.
export function pairAndTime(position, frames) {
  const first = Math.min(Math.floor(position), Math.max(0, frames - 2));
  return [first, Math.min(first + 1, frames - 1), position - first];
}

export const carvedTime = (t) => CARVED_MARGIN + t * (1 - 2 * CARVED_MARGIN);
export const frameCount = (frames, slow) => (frames - 1) * slow + 1;

export class Engine {
  // `about` is made/net.json, `graph(name)` gives a graph's bytes; each is loaded when first needed.
  constructor(ort, about, graph) {
    this.ort = ort;
    this.about = about;
    this.graph = graph;
    this.sessions = new Map();
    this.motions = new Map();
    this.carried = new Map();
    this.tensors = new Map();
    this.clip = null;
    this.sites = Object.fromEntries(["flow", "interp"].map((part) => [
      part, about.sites.filter((site) => site.name.startsWith(`${part}/`)),
    ]));
  }

  // A graph's session; ask for "flow" and "interp" early, they are always needed.
  session(name) {
    if (!this.sessions.has(name)) {
      const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
      const made = this.graph(name).then((data) => this.ort.InferenceSession.create(data, options));
      made.catch(() => this.sessions.delete(name)); // the network may come back
      this.sessions.set(name, made);
    }
    return this.sessions.get(name);
  }

  // The frame at a position (in frames) of a clip, as carved by a net's cuts.
  async frameAt(clip, position, cuts) {
    const [first, second, t] = pairAndTime(position, clip.length);
    if (!cuts.length && (t === 0 || t === 1)) return clip[t === 0 ? first : second];
    if (clip !== this.clip) {
      this.motions.clear();
      this.carried.clear();
      this.tensors.clear();
      this.clip = clip;
    }
    const a = this.tensor(clip, first), b = this.tensor(clip, second);
    const motion = await this.motion(first, a, b, cuts.filter((cut) => cut.site.startsWith("flow/")));
    const when = new this.ort.Tensor("float32", [cuts.length ? carvedTime(t) : t], [1, 1, 1, 1]);
    const own = cuts.filter((cut) => cut.site.startsWith("interp/"));
    return this.picture(await this.run("interp", first, { a, b, motion, t: when }, own));
  }

  async motion(pair, a, b, cuts) {
    const key = `${pair} ${keyOf(cuts)}`;
    if (!this.motions.has(key)) {
      const found = await this.run("flow", pair, { a, b }, cuts);
      const data = found.data.map((v) => (v !== v ? 0 : v === Infinity ? 1e4 : v === -Infinity ? -1e4 : v));
      this.motions.set(key, new this.ort.Tensor("float32", data, found.dims));
      if (this.motions.size > MOTIONS) this.motions.delete(this.motions.keys().next().value);
    }
    return this.motions.get(key);
  }

  // The motion that the pairs before `pair` have left.
  async carriedTo(pair) {
    if (!this.carried.has(pair)) {
      const [width, height] = this.about.padded.map((side) => side / 2), before = [];
      for (let k = Math.max(0, pair - REMEMBERED); k < pair; k++) {
        const a = this.tensor(this.clip, k), b = this.tensor(this.clip, k + 1);
        before.push((await this.motion(k, a, b, [])).data);
      }
      const made = new this.ort.Tensor("float32", carried(before, width, height), [1, 2, height, width]);
      this.carried.set(pair, made);
      if (this.carried.size > 2 * REMEMBERED) this.carried.delete(this.carried.keys().next().value);
    }
    return this.carried.get(pair);
  }

  async run(part, pair, given, cuts) {
    const sites = this.sites[part], grid = this.about.chisel_grid, { Tensor } = this.ort;
    const inputs = graphInputs(cuts, sites, grid, this.about.padded);
    const { total } = inputs, chisel = new Tensor("float32", inputs.chisel, [sites.length, 1, ...grid]);
    const feeds = { ...given, chisel };
    if (inputs.plain) {
      feeds.gain = new Tensor("float32", inputs.dials.slice(0, total), [total]);
      feeds.bias = new Tensor("float32", inputs.dials.slice(total, 2 * total), [total]);
    } else {
      feeds.dials = new Tensor("float32", inputs.dials, [inputs.dials.length / total, total]);
      feeds.take = new Tensor("int64", inputs.take, [total]);
      feeds.shift = new Tensor("int64", inputs.shift, [sites.length]);
      feeds.carried = await this.carriedTo(inputs.fed ? pair : 0);
    }
    const session = await this.session(inputs.plain ? part : `${part}_full`);
    for (const [site, copies] of Object.entries(inputs.cut))
      if (session.inputNames.includes(`cut/${site}`))
        feeds[`cut/${site}`] = new Tensor("int64", BigInt64Array.from({ length: copies }, (_, n) => BigInt(n)), [copies]);
    const wanted = session.outputNames[0];
    return (await session.run(feeds, [wanted]))[wanted];
  }

  // Float planes in 0..1, the border repeated to the graph's size.
  tensor(clip, index) {
    if (this.tensors.has(index)) return this.tensors.get(index);
    const [width, height] = this.about.size, [wide, tall] = this.about.padded, rgb = clip[index];
    const planes = new Float32Array(3 * wide * tall);
    for (let c = 0, n = 0; c < 3; c++)
      for (let y = 0; y < tall; y++)
        for (let x = 0; x < wide; x++, n++) {
          const from = Math.min(y, height - 1) * width + Math.min(x, width - 1);
          planes[n] = rgb[3 * from + c] * PART;
        }
    const made = new this.ort.Tensor("float32", planes, [1, 3, tall, wide]);
    this.tensors.set(index, made);
    if (this.tensors.size > 4) this.tensors.delete(this.tensors.keys().next().value);
    return made;
  }

  picture(out) {
    const [width, height] = this.about.size, [wide, tall] = this.about.padded;
    const rgb = new Uint8Array(3 * width * height), planes = out.data, area = wide * tall;
    for (let y = 0, n = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++, n++) {
          const value = single(single(planes[c * area + y * wide + x] * 255) + 0.5);
          rgb[n] = value >= 255 ? 255 : value > 0 ? value : 0; // NaN is black
        }
    return rgb;
  }
}

export const keyOf = (value) =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each));
