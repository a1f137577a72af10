// A net's noise rack and tone on a carved frame, as noise/rack.py finishes it. What needs a net of its
// own, or sees how things move, stays in the museum: `missingTools` names it.

import { pairAndTime } from "./engine.js";
import { toned } from "./finish.js";
import { roundedEven } from "./packing.js";
import { autoSort, pixelSort } from "./sorting.js";
import { area, blurred, cubic } from "./scaling.js";

const PALETTES = {
  "": [[30, 10, 60], [0, 90, 200], [0, 210, 160], [250, 230, 60], [230, 40, 40]],
  " fire": [[0, 0, 0], [90, 0, 20], [220, 40, 0], [255, 170, 0], [255, 255, 220]],
  " ice": [[4, 8, 40], [20, 60, 140], [60, 170, 220], [180, 240, 250], [255, 255, 255]],
  " neon": [[20, 0, 50], [255, 0, 140], [0, 230, 255], [190, 255, 0], [255, 255, 255]],
  " print": [[24, 24, 60], [24, 24, 60], [240, 80, 80], [245, 235, 205], [245, 235, 205]],
};
const REGIONS = {
  "": [0.5, 0.5], " left": [0.2, 0.5], " right": [0.8, 0.5], " top": [0.5, 0.2], " bottom": [0.5, 0.8],
};
const clamped = (value) => Math.min(255, Math.max(0, value));

// Brightness as OpenCV has it, exactly: in 15 bits.
export const greyOf = (r, g, b) => (r * 9798 + g * 19235 + b * 3735 + 16384) >> 15;

const made = (rgb, value) => {
  const out = new Uint8Array(rgb.length);
  for (let n = 0; n < rgb.length; n++) out[n] = value(n, rgb[n]);
  return out;
};
const greyAt = (rgb, n) => {
  const at = n - (n % 3);
  return greyOf(rgb[at], rgb[at + 1], rgb[at + 2]);
};

const planesOf = (rgb) => [0, 1, 2].map((c) => Float32Array.from({ length: rgb.length / 3 }, (_, n) => rgb[3 * n + c]));

// Another size by the mean of what falls into each cell, rounded.
function shrunk(rgb, size, small) {
  const planes = planesOf(rgb).map((plane) => area(plane, size, small));
  return Uint8Array.from({ length: 3 * small[0] * small[1] }, (_, n) => roundedEven(planes[n % 3][Math.floor(n / 3)]));
}

// Every pixel of the result from a pixel of the frame.
function moved(rgb, [width, height], from) {
  const out = new Uint8Array(3 * width * height);
  for (let y = 0, n = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++, n++) out[n] = rgb[3 * from(x, y, c) + c];
  return out;
}

function pixelate(rgb, amount, [width, height]) {
  const block = Math.max(1, (amount * amount * Math.min(width, height)) / 6);
  const small = [width, height].map((side) => Math.max(1, roundedEven(side / block)));
  if (small[0] === width && small[1] === height) return rgb;
  const few = shrunk(rgb, [width, height], small);
  return moved(few, [width, height], (x, y) =>
    Math.floor((y * small[1]) / height) * small[0] + Math.floor((x * small[0]) / width));
}

function tile(rgb, amount, [width, height]) {
  const count = 1 + roundedEven(7 * amount);
  if (count === 1) return rgb;
  const small = [Math.ceil(width / count), Math.ceil(height / count)];
  const one = shrunk(rgb, [width, height], small);
  return moved(one, [width, height], (x, y) => (y % small[1]) * small[0] + (x % small[0]));
}

const sampler = (region) => (rgb, amount, [width, height]) => {
  const [across, down] = REGIONS[region], zoom = 1 + 9 * amount * amount;
  const [wide, tall] = [width, height].map((side) => Math.max(1, roundedEven(side / zoom)));
  const left = roundedEven((width - wide) * across), top = roundedEven((height - tall) * down);
  return moved(rgb, [width, height], (x, y) =>
    (top + Math.floor((y * tall) / height)) * width + left + Math.floor((x * wide) / width));
};

const split = (down) => (rgb, amount, [width, height]) => {
  const shift = roundedEven((amount * (down ? height : width)) / 8);
  const turn = (at, by, side) => (((at + by) % side) + side) % side;
  return moved(rgb, [width, height], (x, y, c) => {
    const by = (1 - c) * shift; // red one way, blue the other
    return down ? turn(y, by, height) * width + x : y * width + turn(x, by, width);
  });
};

const colorize = (palette) => {
  const stops = PALETTES[palette], at = (n) => (n * (stops.length - 1)) / 255;
  const table = Array.from({ length: 256 }, (_, n) => {
    const low = Math.min(stops.length - 2, Math.floor(at(n))), share = at(n) - low;
    return stops[low].map((value, c) => roundedEven(value + (stops[low + 1][c] - value) * share));
  });
  return (rgb, amount) => made(rgb, (n, value) =>
    roundedEven(table[greyAt(rgb, n)][n % 3] * amount + value * (1 - amount)));
};

function posterise(rgb, amount) {
  const step = 255 / (roundedEven(2 + 254 * (1 - amount) ** 5) - 1);
  const table = Uint8Array.from({ length: 256 }, (_, n) => roundedEven(roundedEven(n / step) * step));
  return made(rgb, (_, value) => table[value]);
}

const saturate = (rgb, amount) => made(rgb, (n, value) =>
  clamped(roundedEven(value * (1 + 4 * amount) - 4 * amount * greyAt(rgb, n))));

function soft(rgb, sigma, size) {
  const planes = planesOf(rgb).map((plane) => blurred(plane, size, sigma));
  return made(rgb, (n) => planes[n % 3][Math.floor(n / 3)]);
}

// Wide Gaussians at a part of the size, as at the booth.
function blur(rgb, amount, size) {
  const sigma = (amount * amount * Math.min(...size)) / 10, part = Math.floor(sigma / 2.5);
  if (sigma < 0.2) return rgb;
  if (part < 2) return soft(rgb, sigma, size);
  const small = size.map((side) => Math.max(1, Math.floor(side / part)));
  const planes = planesOf(soft(shrunk(rgb, size, small), sigma / part, small));
  const large = planes.map((plane) => cubic(plane, small, size));
  return made(rgb, (n) => clamped(roundedEven(large[n % 3][Math.floor(n / 3)])));
}

function sharpen(rgb, amount, size) {
  const around = soft(rgb, Math.max(0.8, Math.min(...size) / 90), size);
  return made(rgb, (n, value) => clamped(roundedEven(value * (1 + 6 * amount) - 6 * amount * around[n])));
}

// What the net added to the clip, magnified.
function amplify(rgb, amount, size, { frames }, position) {
  const [first, second, t] = pairAndTime(position, frames.length), gain = Math.fround(1 + 7 * amount);
  return made(rgb, (n, value) => {
    const clip = roundedEven(frames[first][n] * (1 - t) + frames[second][n] * t);
    return clamped((value - clip) * gain + clip + 0.5);
  });
}

const SORTS = ["right", "left", "down", "up"];
const TOOLS = {
  amplify, tile, blur, sharpen, pixelate, saturate, posterise,
  "rgb split": split(false), "rgb split down": split(true),
  ...Object.fromEntries(Object.keys(REGIONS).map((region) => [`sampler${region}`, sampler(region)])),
  ...Object.fromEntries(Object.keys(PALETTES).map((name) => [`colorize${name}`, colorize(name)])),
  ...Object.fromEntries(SORTS.map((way) => [`sort ${way}`, pixelSort("brightness", way)])),
  ...Object.fromEntries(SORTS.map((way) => [`hue sort ${way}`, pixelSort("hue", way)])),
  "auto sort": autoSort("brightness"), "auto hue sort": autoSort("hue"),
};

export class Rack {
  constructor(size) {
    this.size = size;
  }

  // `clip` is {frames, fps}; `position` is where in it the frame lies, in frames.
  finished(rgb, net, clip, position) {
    for (const { tool, amount } of net.rack)
      if (TOOLS[tool] && amount > 0) rgb = TOOLS[tool](rgb, amount, this.size, clip, position);
    return toned(rgb, net.tone);
  }
}

// The tools of a net's rack that are not here.
export const missingTools = (net) =>
  net.rack.filter((step) => step.amount > 0 && !TOOLS[step.tool]).map((step) => step.tool);
