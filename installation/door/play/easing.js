// Lets motion go on while luminance is eased along its slow mean (show/flash_safety/easing.py).

import { BEGINS, CELLS, GRIDS, LINEAR, SIZES, WEIGHTS } from "./cells.js";
import { roundedEven } from "./packing.js";
import { area, nearest, smooth, spread } from "./scaling.js";

const MEAN_S = 1.2, LEEWAY = [0.015, 0.01], INSIDE = 0.006, LAID = [1, 0.7, 0.45, 0.25, 0.1];
const FINE = SIZES[0];

// sRGB of linear light in so many steps from 0 to 1.
const STEPS = 1 << 14;
const SRGB = Float32Array.from({ length: STEPS + 1 }, (_, n) => {
  const c = n / STEPS;
  return c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
});
const encoded = (linear) =>
  SRGB[Math.floor(Math.fround(Math.min(1, Math.max(0, Math.fround(linear))) * STEPS))];
const level = (value) => Math.floor(Math.min(255, Math.max(0, 255 * value + 0.5)));
const weighed = (row, r, g, b) => WEIGHTS[row][0] * r + WEIGHTS[row][1] * g + WEIGHTS[row][2] * b;
const coarser = (plane, scale) => (scale === 0 ? plane : area(plane, GRIDS[0], GRIDS[scale]));

// The finest cells of every plane of (3, CELLS).
const fineOf = (cells) => [0, 1, 2].map((c) => cells.slice(c * CELLS, c * CELLS + FINE));

export class Easing {
  // `first` are the cells that were shown last.
  constructor(first) {
    this.scale = 2;
    this.mean = fineOf(first);
    this.pinned = new Float32Array(FINE);
    this.where = [new Float32Array(FINE), new Float32Array(FINE)];
  }

  follow(cells, since) {
    this.pinned.fill(0);
    const share = Math.fround(1 - Math.exp(-Math.max(0, since) / MEAN_S));
    this.mean.forEach((mean, c) => {
      for (let n = 0; n < FINE; n++) mean[n] += share * (cells[c * CELLS + n] - mean[n]);
    });
  }

  settle(shown) {
    this.mean = fineOf(shown);
  }

  // Of this picture, show nothing but the mean in the cells that turned.
  pin(turned) {
    GRIDS.forEach((grid, scale) => {
      const begin = BEGINS[scale], cells = Float32Array.from({ length: SIZES[scale] }, (_, n) =>
        turned[begin + n] | turned[CELLS + begin + n]);
      spread(nearest(cells, grid, GRIDS[0]), GRIDS[0]).forEach((is, n) => {
        this.pinned[n] = Math.max(this.pinned[n], is);
      });
    });
  }

  // From now on, also lead the cells that turned, within a box of shares.
  lead(turned, [left, top, right, bottom]) {
    const [across, down] = GRIDS[0], where = [new Float32Array(FINE), new Float32Array(FINE)];
    for (const kind of [0, 1])
      GRIDS.slice(0, -1).forEach((grid, scale) => {
        const begin = kind * CELLS + BEGINS[scale];
        const cells = turned.subarray(begin, begin + SIZES[scale]);
        nearest(cells, grid, GRIDS[0]).forEach((is, n) => { if (is) where[kind][n] = 1; });
      });
    if (right <= left || bottom <= top) {
      if (this.where.some((plane) => plane.some(Boolean))) return;
      [left, top, right, bottom] = [0, 0, 1, 1];
      for (const kind of [0, 1]) if (turned[kind * CELLS + CELLS - 1]) where[kind].fill(1);
    }
    const rows = [Math.floor(top * down), Math.ceil(bottom * down)];
    const columns = [Math.floor(left * across), Math.ceil(right * across)];
    for (const kind of [0, 1]) {
      const inside = where[kind].map((is, n) => {
        const y = Math.floor(n / across), x = n % across;
        return y >= rows[0] && y < rows[1] && x >= columns[0] && x < columns[1] ? is : 0;
      });
      spread(inside, GRIDS[0]).forEach((is, n) => {
        this.where[kind][n] = Math.max(this.where[kind][n], is);
      });
    }
  }

  // What to lay over a picture of these cells: {share (0..255), light (3 planes, 0..255), scale,
  // nothing}: it keeps share / 255 of itself, and light is added.
  veil(cells, scale, bounds = null) {
    const size = SIZES[scale], begin = BEGINS[scale];
    const [r, g, b] = [0, 1, 2].map((c) => cells.subarray(c * CELLS + begin, c * CELLS + begin + size));
    const mean = this.mean.map((plane) => coarser(plane, scale));
    const [where, red] = this.where.map((plane) => coarser(plane, scale));
    const pinned = coarser(this.pinned, scale);
    const luminance = new Float32Array(size), share = new Uint8Array(size);
    let goal = new Float32Array(size), nothing = true;
    for (let n = 0; n < size; n++) {
      luminance[n] = weighed(0, r[n], g[n], b[n]);
      const middle = weighed(0, mean[0][n], mean[1][n], mean[2][n]);
      const led = Math.min(middle + LEEWAY[0], Math.max(middle - LEEWAY[0], luminance[n]));
      goal[n] = luminance[n] + where[n] * (led - luminance[n]);
    }
    if (bounds) goal = bounded(goal, scale, bounds);
    const light = [0, 1, 2].map(() => new Uint8Array(size));
    // Of one cell, written over and over: it is done some ten thousand times a frame.
    const own = new Float64Array(3), corrected = new Float64Array(3), within = new Float64Array(4);
    for (let n = 0; n < size; n++) {
      const keep = kept(luminance[n], goal[n]), white = goal[n] < luminance[n] ? 0 : 1;
      const led = where[n] > 0, redLed = red[n] > 0;
      let laid = 1;
      if (pinned[n] > 0 || led || redLed) {
        for (let c = 0; c < 3; c++) own[c] = encoded(mean[c][n]);
        if (pinned[n] > 0) laid = 0;
        else {
          corrected[0] = keep * encoded(r[n]) + (1 - keep) * white;
          corrected[1] = keep * encoded(g[n]) + (1 - keep) * white;
          corrected[2] = keep * encoded(b[n]) + (1 - keep) * white;
          limit(within, n, goal[n], mean, scale, bounds);
          laid = laidOver(corrected, own, within, led, redLed);
        }
      }
      share[n] = level(laid * keep);
      if (share[n] < 255) nothing = false;
      for (let c = 0; c < 3; c++)
        light[c][n] = level(laid * (1 - keep) * white + (1 - laid) * own[c]);
    }
    return { share, light, scale, nothing };
  }
}

// Between which luminances and rednesses a cell has to stay: low and high, low and high.
function limit(within, n, goal, mean, scale, bounds) {
  if (bounds) {
    for (const kind of [0, 1]) {
      const at = kind * CELLS + BEGINS[scale] + n;
      within[2 * kind] = bounds[0][at] + INSIDE / 2;
      within[2 * kind + 1] = bounds[1][at] - INSIDE / 2;
    }
    return;
  }
  const redness = Math.max(0, weighed(1, mean[0][n], mean[1][n], mean[2][n]));
  within[0] = goal - 2 * LEEWAY[0];
  within[1] = goal + 2 * LEEWAY[0];
  within[2] = redness - LEEWAY[1];
  within[3] = redness + LEEWAY[1];
}

// The largest share of a corrected colour, over the mean's, that keeps within bounds.
function laidOver(corrected, own, [lowest, highest, least, most], led, redLed) {
  const mixed = (c, share) =>
    LINEAR[roundedEven(Math.fround(level(corrected[c]) * share + level(own[c]) * (1 - share)))];
  for (const share of LAID) {
    const r = mixed(0, share), g = mixed(1, share), b = mixed(2, share);
    const luminance = Math.max(0, weighed(0, r, g, b)), redness = Math.max(0, r - g - b);
    const fits = !led || (luminance >= lowest && luminance <= highest);
    if (fits && (!redLed || (redness >= least && redness <= most))) return share;
  }
  return 0;
}

// A goal moved to where neither its cells nor coarser ones turn.
function bounded(goal, scale, [lows, highs]) {
  for (let round = 0; round < 2; round++)
    for (let coarse = GRIDS.length - 1; coarse >= scale; coarse--) {
      const means = coarse === scale ? goal : area(goal, GRIDS[scale], GRIDS[coarse]);
      let more = means.map((mean, n) => {
        const low = lows[BEGINS[coarse] + n] + INSIDE, high = highs[BEGINS[coarse] + n] - INSIDE;
        return Math.min(Math.max(low, high), Math.max(low, mean)) - mean;
      });
      if (coarse !== scale) more = smooth(more, GRIDS[coarse], GRIDS[scale]);
      goal = goal.map((value, n) => value + more[n]);
    }
  return goal.map((value) => Math.min(1, Math.max(0, value)));
}

// The share to keep of a luminance for it to become another; the rest is black or white.
function kept(luminance, goal) {
  if (Math.abs(goal - luminance) < 5e-4) return 1;
  const before = encoded(luminance), after = encoded(goal);
  const share = goal < luminance
    ? after / Math.max(before, 1e-3)
    : (1 - after) / Math.max(1 - before, 1e-3);
  return Math.min(1, Math.max(0, share));
}

// A frame with a veil over it.
export function veiled(rgb, size, { share, light, scale }) {
  const keep = smooth(share, GRIDS[scale], size);
  const over = light.map((plane) => smooth(plane, GRIDS[scale], size)), out = new Uint8Array(rgb.length);
  for (let n = 0, at = 0; n < keep.length; n++) {
    const kept = Math.round(keep[n]) / 255;
    for (let c = 0; c < 3; c++, at++)
      out[at] = Math.min(255, roundedEven(rgb[at] * kept) + Math.round(over[c][n]));
  }
  return out;
}
