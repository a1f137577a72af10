// A carve as the arrays the graphs take: carve/inputs.py, masks.py and operations.py, to the bit.
// A test holds the two together. A site is {name, sides, sigmas, scale, curves, changes}.

import { Chance } from "./chance.js";
import { OPERATIONS } from "./made/operations.js";
import { roundedEven } from "./packing.js";

const NO_LIMIT = 1e30;
const DIALS = ["gain", "bias", "taken", "moved", "limit", "fineness", "step", "across", "down", "fed"];
const PLAIN = new Set(OPERATIONS.plain);
const FINE = new Set(OPERATIONS.fine); // what reaches only what a layer adds, if it is told
const NOTHING = {
  gain: 1, bias: 0, moved: 0, limit: NO_LIMIT, step: 0, across: 0, down: 0, roll: [0, 0],
  rollPx: Infinity, shuffled: 0, swapped: 0, fed: 0,
};
const single = Math.fround;

function reachOf(site) {
  const [part, layer] = site.name.split("/");
  return part === "interp" && layer.startsWith("skip") ? "interp skip" : part;
}

// How a number follows the strength: carve/operations.py.
const TERMS = {
  line: (strength, start, end) => start + (end - start) * strength,
  ratio: (strength, start, end) => start * (end / start) ** strength,
  ramp: (strength, start, end, full) => start + (end - start) * Math.min(1, strength / full),
};

// What an operation does at a strength of 0..1.
export function effect(operation, strength, reach) {
  const terms = OPERATIONS.does[reach][operation];
  if (strength <= 0 || !terms) return NOTHING;
  const at = (name, otherwise) => {
    const [kind, ...ends] = terms[name] ?? [];
    return kind ? TERMS[kind](strength, ...ends) : otherwise;
  };
  const done = { roll: [at("roll down", 0), at("roll across", 0)], rollPx: at("roll_px", Infinity) };
  for (const name of Object.keys(NOTHING)) done[name] ??= at(name, NOTHING[name]);
  return done;
}

// The strength of an operation at a turn of 0..1, by the site's measured curve.
export function strengthOf(site, operation, amount) {
  const curve = site.curves?.[operation];
  if (!curve) return amount;
  const at = amount * (curve.length - 1), low = Math.min(Math.floor(at), curve.length - 2);
  const x0 = low / (curve.length - 1), slope = (curve[low + 1] - curve[low]) * (curve.length - 1);
  return amount >= 1 ? curve.at(-1) : slope * (amount - x0) + curve[low];
}

const indices = (list, test) => list.flatMap((item, n) => (test(item, n) ? [n] : []));

// The numbers of the site's values that a cut reaches.
function reached(site, { operation, side, grain }) {
  const found = within(site, side, grain), fine = found.filter((n) => site.fine?.[n] === "+");
  return FINE.has(operation) && fine.length ? fine : found;
}

function within(site, side, grain) {
  const tags = [...site.sides], found = [];
  for (const tag of ["A", "B", "-"]) {
    if (tag !== "-" && side !== "both" && tag.toLowerCase() !== side) continue;
    const members = indices(tags, (each) => each === tag);
    if (!members.length) continue;
    const chance = new Chance(grain.seed, site.name + (tag === "-" ? "-" : "AB"));
    const order = chance.permutation(members.length);
    const count = Math.max(1, roundedEven(grain.share * members.length));
    found.push(...order.slice(0, count).map((n) => members[n]));
  }
  return found.sort((one, other) => one - other);
}

// Where a chisel cuts: rows x columns of 0 and 1.
export function maskOf(chisel, [rows, columns]) {
  const mask = new Float64Array(rows * columns), { shape, share } = chisel;
  if (shape === "whole") return mask.fill(1);
  const luck = new Chance(chisel.seed, shape);
  if (shape === "disc") {
    const [y, x] = luck.uniform(0.25, 0.75, 2);
    const radius = Math.sqrt((share * rows * columns) / Math.PI);
    return mask.map((_, n) => {
      const dy = Math.floor(n / columns) + 0.5 - y * rows, dx = (n % columns) + 0.5 - x * columns;
      return dy * dy + dx * dx <= radius * radius ? 1 : 0;
    });
  }
  const tall = shape === "columns" ? 1 : Math.max(1, Math.floor(rows / 12));
  const wide = shape === "rows" ? 1 : Math.max(1, Math.floor(columns / 16));
  const down = shape === "columns" ? 1 : Math.ceil(rows / tall);
  const across = shape === "rows" ? 1 : Math.ceil(columns / wide);
  const chosen = new Uint8Array(down * across);
  const order = luck.permutation(chosen.length).slice(0, roundedEven(share * chosen.length));
  for (const n of order) chosen[n] = 1;
  return mask.map((_, n) => {
    const y = shape === "columns" ? 0 : Math.floor(Math.floor(n / columns) / tall);
    const x = shape === "rows" ? 0 : Math.floor((n % columns) / wide);
    return chosen[y * across + x];
  });
}

// Which of the site's values stands in each one's place.
function places(cut, site, done, at) {
  const take = Array.from({ length: site.sides.length }, (_, n) => n), tags = [...site.sides];
  if (done.shuffled > 0)
    for (const [tag, group] of [["A", "AB"], ["B", "AB"], ["-", "-"]]) {
      const members = at.filter((n) => tags[n] === tag);
      const luck = new Chance(cut.grain.seed, `${site.name} ${group} shuffle`);
      const mixed = luck.permutation(members.length).map((n) => members[n]);
      mixed.forEach((n, place) => { take[n] = mixed.at(place - 1); });
    }
  if (done.swapped > 0) {
    const [a, b, shared] = ["A", "B", "-"].map((tag) => indices(tags, (each) => each === tag));
    const other = new Map([...a.map((n, k) => [n, b[k]]), ...b.map((n, k) => [n, a[k]])]);
    for (let k = 0; k + 1 < shared.length; k += 2)
      other.set(shared[k], shared[k + 1]).set(shared[k + 1], shared[k]);
    for (const n of at) take[n] = other.get(n) ?? n;
  }
  return take;
}

// How far the site's grid rolls, in cells along the line of its rows.
function cells(site, done, [width, height]) {
  const columns = Math.floor(width / site.scale);
  const down = Math.min(done.roll[0] * height, done.rollPx);
  const across = Math.min(done.roll[1] * width, done.rollPx);
  if (down > 0) return Math.max(1, roundedEven(down / site.scale)) * columns;
  return across > 0 ? Math.max(1, roundedEven(across / site.scale)) : 0;
}

function dial(cut, site, done, at, dials, total, offset) {
  const put = (name, n, value) => { dials[DIALS.indexOf(name) * total + offset + n] = value; };
  const signs = cut.operation === "noise"
    ? new Chance(cut.grain.seed, `${site.name} signs`).signs(at.length) : null;
  at.forEach((n, place) => {
    const sigma = single(site.sigmas[n]);
    const bias = single(single(done.bias) * sigma);
    put("gain", n, done.gain);
    put("bias", n, signs ? signs[place] * bias : bias);
    put("taken", n, done.shuffled || done.swapped || 1);
    put("moved", n, done.moved);
    put("across", n, done.across);
    put("down", n, done.down);
    put("fed", n, done.fed);
    if (done.limit < NO_LIMIT) put("limit", n, single(single(done.limit) * sigma));
    if (done.step > 0) {
      const step = Math.max(single(single(done.step) * sigma), single(1e-6));
      put("step", n, step);
      put("fineness", n, single(1 / step));
    }
  });
}

// One graph's carve: {dials (10, N), take (N), shift (sites), chisel (sites, 1, rows, columns),
// plain, fed: whether it asks for the motion of the pairs before, cut: how many of the layer's
// copies are carved, by site}. `sites` are the graph's, in order; `size` is [width, height] fed to it.
export function graphInputs(cuts, sites, grid, size) {
  const total = sites.reduce((sum, site) => sum + site.sides.length, 0);
  const dials = new Float32Array(DIALS.length * total);
  for (const [name, value] of [["gain", 1], ["taken", 1], ["limit", NO_LIMIT]]) {
    const row = DIALS.indexOf(name);
    dials.fill(value, row * total, (row + 1) * total);
  }
  const take = new BigInt64Array(total), shift = new BigInt64Array(sites.length);
  const area = grid[0] * grid[1], chisel = new Float32Array(sites.length * area).fill(1);
  const carved = {};
  let plain = true, fed = false, offset = 0;
  sites.forEach((site, number) => {
    const own = Array.from({ length: site.sides.length }, (_, n) => n);
    const cut = cuts.find((each) => each.site === site.name);
    const active = cut && cut.amount > 0 && cut.operation !== "preserve";
    const strength = active ? strengthOf(site, cut.operation, cut.amount) : 0;
    const done = active ? effect(cut.operation, strength, reachOf(site)) : NOTHING;
    let order = own;
    carved[site.name] = done === NOTHING ? 0 : site.copies ?? 1;
    if (done !== NOTHING) {
      const at = reached(site, cut);
      dial(cut, site, done, at, dials, total, offset);
      order = places(cut, site, done, at);
      shift[number] = BigInt(cells(site, done, size));
      const mask = maskOf(cut.chisel, grid);
      if (cut.operation === "noise") {
        const grains = new Chance(cut.chisel.seed, `${site.name} grains`).uniform(-1, 1, area);
        mask.forEach((where, n) => { mask[n] = where * grains[n]; });
      }
      chisel.set(mask, number * area);
      plain &&= PLAIN.has(cut.operation);
      fed ||= done.fed > 0;
    }
    order.forEach((n, place) => { take[offset + place] = BigInt(n); });
    offset += site.sides.length;
  });
  return { dials, take, shift, chisel, plain, fed, total, cut: carved };
}
