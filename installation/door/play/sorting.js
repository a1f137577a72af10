// Pixel sorting, number for number as noise/sorting.py: runs of a row or column in order of
// brightness or hue, where they lie between two thresholds. Every pixel moves, none changes.

const CYCLE_S = 4, DIRECTIONS = ["right", "left", "down", "up"], HUES = 256;

const greyOf = (r, g, b) => (r * 9798 + g * 19235 + b * 3735 + 16384) >> 15;
const DIVIDED = Int32Array.from({ length: 256 }, (_, n) => (n ? Math.round((HUES << 12) / (6 * n)) : 0));

// OpenCV's COLOR_RGB2HSV_FULL, its hue, in 12 bits.
function hueOf(r, g, b) {
  const most = Math.max(r, g, b), far = most - Math.min(r, g, b);
  const way = most === r ? g - b : most === g ? b - r + 2 * far : r - g + 4 * far;
  const hue = (way * DIVIDED[far] + 2048) >> 12;
  return hue < 0 ? hue + HUES : Math.min(255, hue);
}

function lights(rgb) {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, n) => greyOf(rgb[3 * n], rgb[3 * n + 1], rgb[3 * n + 2]));
}

// Between which brightnesses the picture's tones from `start` to `end` (shares of its pixels) lie.
function tones(light, start, end) {
  const counts = new Uint32Array(256), share = new Float32Array(256);
  for (const value of light) counts[value]++;
  let sum = 0;
  for (let n = 0; n < 256; n++) share[n] = Math.fround((sum += counts[n])) / Math.fround(light.length);
  let low = share.findIndex((each) => each > start);
  if (low < 0) low = 256;
  let high = 256;
  if (end < 1) {
    const first = share.findIndex((each) => each >= end);
    high = (first < 0 ? 256 : first) + 1;
  }
  return [start <= 0 ? 0 : low, high];
}

function sorted(rgb, light, key, direction, low, high, [width, height]) {
  const upright = direction === "down" || direction === "up", back = direction === "left" || direction === "up";
  const length = upright ? height : width, lines = upright ? width : height, out = new Uint8Array(rgb.length);
  const values = key === "hue"
    ? Uint8Array.from({ length: light.length }, (_, n) => hueOf(rgb[3 * n], rgb[3 * n + 1], rgb[3 * n + 2])) : light;
  const codes = new Uint32Array(length);
  for (let line = 0; line < lines; line++) {
    const place = (n) => {
      const along = back ? length - 1 - n : n;
      return upright ? along * width + line : line * width + along;
    };
    for (let n = 0; n < length; n++) codes[n] = n;
    order(codes, values, light, place, low, high);
    for (let n = 0; n < length; n++)
      for (let c = 0; c < 3; c++) out[3 * place(n) + c] = rgb[3 * place(codes[n]) + c];
  }
  return out;
}

// Put every run within the window in order of its values; what is equal keeps its order.
function order(codes, values, light, place, low, high) {
  const within = (n) => light[place(n)] >= low && light[place(n)] < high;
  for (let begin = 0; begin < codes.length;) {
    let end = begin + 1;
    if (within(begin)) while (end < codes.length && within(end)) end++;
    if (end - begin > 1)
      codes.subarray(begin, end).sort((one, other) => values[place(one)] - values[place(other)] || one - other);
    begin = end;
  }
}

export const pixelSort = (key, direction) => (rgb, amount, size) => {
  const light = lights(rgb), [low, high] = tones(light, 1 - amount, 1);
  return sorted(rgb, light, key, direction, low, high, size);
};

export const autoSort = (key) => (rgb, amount, size, clip, position) => {
  const seconds = position / clip.fps, turn = (seconds / CYCLE_S) % 1;
  const middle = 0.5 - 0.5 * Math.cos(2 * Math.PI * turn), start = middle * (1 - amount);
  const direction = DIRECTIONS[Math.floor(seconds / CYCLE_S) % DIRECTIONS.length];
  const light = lights(rgb), [low, high] = tones(light, start, start + amount);
  return sorted(rgb, light, key, direction, low, high, size);
};
