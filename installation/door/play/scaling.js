// Planes of numbers at another size, as OpenCV scales them: INTER_AREA, INTER_LINEAR, INTER_NEAREST.
// A size is [width, height].

import { roundedEven } from "./packing.js";

const tables = new Map();

// For every place of the smaller line: where in `from` and `weight` its own begin (and the next's).
function areaTable(from, to) {
  const key = from * 10000 + to;
  if (tables.has(key)) return tables.get(key);
  const scale = from / to, begin = [0], sources = [], weights = [];
  for (let place = 0; place < to; place++) {
    const start = place * scale, end = start + scale, cell = Math.min(scale, from - start);
    const last = Math.min(Math.floor(end), from - 1), first = Math.min(Math.ceil(start), last);
    const put = (n, weight) => { sources.push(n); weights.push(weight / cell); };
    if (first - start > 1e-3) put(first - 1, first - start);
    for (let n = first; n < last; n++) put(n, 1);
    if (end - last > 1e-3) put(last, Math.min(end - last, 1, cell));
    begin.push(sources.length);
  }
  const table = {
    begin: Int32Array.from(begin), from: Int32Array.from(sources), weight: Float64Array.from(weights),
  };
  tables.set(key, table);
  return table;
}

// The mean of what falls into each cell; never for a larger size.
export function area(plane, [width, height], [across, down], out = new Float32Array(across * down), at = 0) {
  const { begin, from, weight } = areaTable(width, across), narrow = new Float64Array(across * height);
  for (let y = 0, n = 0; y < height; y++) {
    const line = y * width;
    for (let x = 0, k = 0; x < across; x++, n++) {
      let sum = 0;
      for (const end = begin[x + 1]; k < end; k++) sum += weight[k] * plane[line + from[k]];
      narrow[n] = sum;
    }
  }
  const rows = areaTable(height, down), sums = new Float64Array(across);
  for (let y = 0, n = at; y < down; y++) {
    sums.fill(0);
    for (let k = rows.begin[y]; k < rows.begin[y + 1]; k++) {
      const share = rows.weight[k], line = rows.from[k] * across;
      for (let x = 0; x < across; x++) sums[x] += share * narrow[line + x];
    }
    for (let x = 0; x < across; x++, n++) out[n] = sums[x];
  }
  return out;
}

const lineTables = new Map();

function lines(from, to) {
  const key = from * 10000 + to;
  if (lineTables.has(key)) return lineTables.get(key);
  const low = new Int32Array(to), high = new Int32Array(to), share = new Float32Array(to);
  for (let n = 0; n < to; n++) {
    const at = ((n + 0.5) * from) / to - 0.5, floor = Math.floor(at);
    low[n] = Math.min(from - 1, Math.max(0, floor));
    high[n] = Math.min(from - 1, Math.max(0, floor + 1));
    share[n] = at - floor;
  }
  const table = { low, high, share };
  lineTables.set(key, table);
  return table;
}

// In between, smoothly.
export function smooth(plane, [width, height], [across, down]) {
  const x = lines(width, across), y = lines(height, down), out = new Float32Array(across * down);
  const { low, high, share: parts } = x;
  for (let row = 0, n = 0; row < down; row++) {
    const above = y.low[row] * width, below = y.high[row] * width, share = y.share[row];
    for (let column = 0; column < across; column++, n++) {
      const left = low[column], right = high[column], part = parts[column];
      const top = plane[above + left] + (plane[above + right] - plane[above + left]) * part;
      const bottom = plane[below + left] + (plane[below + right] - plane[below + left]) * part;
      out[n] = top + (bottom - top) * share;
    }
  }
  return out;
}

export function nearest(plane, [width, height], [across, down]) {
  const out = new Float32Array(across * down);
  for (let y = 0, n = 0; y < down; y++) {
    const from = Math.floor((y * height) / down) * width;
    for (let x = 0; x < across; x++, n++) out[n] = plane[from + Math.floor((x * width) / across)];
  }
  return out;
}

// The most of each cell and its neighbours.
export function spread(plane, [width, height]) {
  const across = new Float32Array(plane.length), out = new Float32Array(plane.length);
  for (let y = 0, n = 0; y < height; y++)
    for (let x = 0; x < width; x++, n++) {
      let most = Math.max(0, plane[n]);
      if (x > 0 && plane[n - 1] > most) most = plane[n - 1];
      if (x < width - 1 && plane[n + 1] > most) most = plane[n + 1];
      across[n] = most;
    }
  for (let n = 0; n < out.length; n++) {
    let most = across[n];
    if (n >= width && across[n - width] > most) most = across[n - width];
    if (n + width < out.length && across[n + width] > most) most = across[n + width];
    out[n] = most;
  }
  return out;
}

const mirrored = (n, side) => {
  while (n < 0 || n >= side) n = n < 0 ? -n : 2 * side - 2 - n; // BORDER_REFLECT_101
  return n;
};

// A Gaussian of bytes as OpenCV's, to the bit: weights of 256ths that add up to one, the border
// mirrored. `plane` holds whole numbers 0..255.
export function blurred(plane, [width, height], sigma) {
  const reach = roundedEven(sigma * 6 + 1) | 1, half = (reach - 1) / 2, bell = bellOf(sigma, reach);
  const across = new Int32Array(plane.length), out = new Uint8Array(plane.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < reach; k++) sum += bell[k] * plane[y * width + mirrored(x + k - half, width)];
      across[y * width + x] = sum;
    }
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 32768;
      for (let k = 0; k < reach; k++) sum += bell[k] * across[mirrored(y + k - half, height) * width + x];
      out[y * width + x] = sum / 65536;
    }
  return out;
}

function bellOf(sigma, reach) {
  const half = (reach - 1) / 2, bell = new Int32Array(reach);
  const exact = Array.from(bell, (_, n) => Math.exp(-((n - half) ** 2) / (2 * sigma * sigma)));
  const whole = exact.reduce((sum, share) => sum + share, 0);
  let sum = 0, rest = 0;
  for (let n = 0; n < half; n++) { // what one weight loses by rounding, the next has
    const wanted = (exact[n] / whole) * 256 + rest;
    bell[n] = bell[reach - 1 - n] = roundedEven(wanted);
    rest = wanted - bell[n];
    sum += 2 * bell[n];
  }
  bell[half] = 256 - sum;
  return bell;
}

// Larger, by bicubic convolution (OpenCV's INTER_CUBIC, a = -0.75).
export function cubic(plane, [width, height], [across, down]) {
  const weights = (t) => {
    const near = (x) => (1.25 * x - 2.25) * x * x + 1, far = (x) => ((-0.75 * x + 3.75) * x - 6) * x + 3;
    return [far(1 + t), near(t), near(1 - t), far(2 - t)];
  };
  const steps = (from, to) => Array.from({ length: to }, (_, n) => {
    const at = ((n + 0.5) * from) / to - 0.5, low = Math.floor(at);
    const places = [-1, 0, 1, 2].map((k) => Math.min(from - 1, Math.max(0, low + k)));
    return { places, shares: weights(at - low) };
  });
  const columns = steps(width, across), rows = steps(height, down), wide = new Float64Array(across * height);
  for (let y = 0, n = 0; y < height; y++)
    for (const { places, shares } of columns) {
      wide[n++] = places.reduce((sum, x, k) => sum + shares[k] * plane[y * width + x], 0);
    }
  const out = new Float32Array(across * down);
  rows.forEach(({ places, shares }, y) => {
    for (let x = 0; x < across; x++)
      out[y * across + x] = places.reduce((sum, row, k) => sum + shares[k] * wide[row * across + x], 0);
  });
  return out;
}
