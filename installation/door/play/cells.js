// What the cells of a picture show: luminance and redness, at four scales. The governor's eyes
// (show/flash_safety/cells.py), for pictures of one size that is not halved first.

import { area } from "./scaling.js";

export const GRIDS = [[160, 90], [48, 27], [16, 9], [1, 1]];
export const SIZES = GRIDS.map(([across, down]) => across * down);
export const BEGINS = SIZES.map((_, n) => SIZES.slice(0, n).reduce((sum, size) => sum + size, 0));
export const CELLS = BEGINS.at(-1) + SIZES.at(-1);
export const WEIGHTS = [[0.2126, 0.7152, 0.0722], [1, -1, -1]].map((row) => row.map(Math.fround));
const DARK = 0.84, SATURATED = 0.76;

export const LINEAR = Float32Array.from({ length: 256 }, (_, n) => {
  const c = n / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
});

// Red, green and blue of the cells of every scale in linear light: (3, CELLS).
export function linearCells(rgb, size) {
  const cells = new Float32Array(3 * CELLS), plane = new Float32Array(size[0] * size[1]);
  for (let c = 0; c < 3; c++) {
    for (let n = 0; n < plane.length; n++) plane[n] = LINEAR[rgb[3 * n + c]];
    let from = plane, was = size;
    GRIDS.forEach((grid, scale) => {
      area(from, was, grid, cells, c * CELLS + BEGINS[scale]);
      const begin = c * CELLS + BEGINS[scale];
      from = cells.subarray(begin, begin + SIZES[scale]); // coarser cells are means of finer ones
      was = grid;
    });
  }
  return cells;
}

// Luminance and redness of every cell, and where it is dark enough, or red enough, to count: each
// (2, CELLS), general and then red.
export function measuredCells(cells) {
  const values = new Float32Array(2 * CELLS), marks = new Uint8Array(2 * CELLS);
  let red = 0;
  for (let n = 0; n < CELLS; n++) {
    const r = cells[n], g = cells[CELLS + n], b = cells[2 * CELLS + n], sum = r + g + b;
    values[n] = WEIGHTS[0][0] * r + WEIGHTS[0][1] * g + WEIGHTS[0][2] * b;
    values[CELLS + n] = Math.max(0, r - g - b);
    marks[n] = values[n] < DARK;
    marks[CELLS + n] = r >= SATURATED * Math.max(sum, 1e-3);
    if (n < SIZES[0] && r >= 0.8 * Math.max(sum, 1e-6)) red += values[CELLS + n];
  }
  // Of the whole picture, how red its saturated parts are: some analysers leave the rest out.
  values[2 * CELLS - 1] = red / SIZES[0];
  marks[2 * CELLS - 1] = 1;
  return { values, marks };
}
