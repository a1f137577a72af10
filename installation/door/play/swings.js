// What every cell does over time, as two readers would count it (show/flash_safety/swings.py): the
// lenient one follows turning points, the strict one takes every reversal for an end. Arrays are
// (2, CELLS); nothing here changes what it was given.

import { CELLS, SIZES } from "./cells.js";

const CHANGES = [0.08, 16 / 320].map(Math.fround), MOVED = 0.2, ALL = 2 * CELLS;
const changeOf = (n) => CHANGES[n < CELLS ? 0 : 1];

export const trackAt = (values, marks) => ({
  direction: new Int8Array(ALL), high: values, low: values, marked: marks, due: new Uint8Array(ALL),
});

function follow(track, values, marks, up, down) {
  const direction = track.direction.slice(), high = new Float32Array(ALL), low = new Float32Array(ALL);
  const marked = new Uint8Array(ALL), due = new Uint8Array(ALL);
  for (let n = 0; n < ALL; n++) {
    const value = values[n], way = track.direction[n], change = changeOf(n);
    high[n] = way < 0 ? value : Math.max(track.high[n], value);
    low[n] = way > 0 ? value : Math.min(track.low[n], value);
    marked[n] = track.marked[n] | marks[n];
    const fell = Math.fround(high[n] - value) >= change;
    const rose = !fell && Math.fround(value - low[n]) >= change;
    if (fell || rose) {
      if (marked[n]) (rose ? up : down)[n] = 1;
      direction[n] = rose ? 1 : -1;
      high[n] = low[n] = value;
      due[n] = marked[n] ? 0 : 1;
      marked[n] = marks[n];
    } else if (track.due[n] && marks[n]) {
      (way > 0 ? up : down)[n] = 1;
    } else due[n] = track.due[n];
  }
  return { direction, high, low, marked, due };
}

export const runAt = (values, marks) => ({
  last: values, way: new Float32Array(ALL), marked: marks, counted: new Uint8Array(ALL), lastMarks: marks,
});

function go(run, values, marks, up, down) {
  const way = new Float32Array(ALL), marked = new Uint8Array(ALL), counted = new Uint8Array(ALL);
  for (let n = 0; n < ALL; n++) {
    const step = Math.fround(values[n] - run.last[n]), reversed = step * run.way[n] < 0;
    way[n] = reversed ? step : run.way[n] + step;
    marked[n] = (reversed ? run.lastMarks[n] : run.marked[n]) | marks[n];
    const far = Math.abs(way[n]) >= changeOf(n);
    if (far && marked[n]) {
      counted[n] = 1;
      if (!run.counted[n] || reversed) (way[n] > 0 ? up : down)[n] = 1;
    }
  }
  return { last: values, way, marked, counted, lastMarks: marks };
}

export const swingsAt = ({ values, marks }) => ({
  track: trackAt(values, marks), run: runAt(values, marks),
  last: [values[CELLS - 1], values[ALL - 1]], apart: [0, 0],
});

// The swings after new values, and where a rise and a fall count for either reader.
export function followed(swings, measure) {
  const { marks } = measure;
  let { values } = measure;
  const last = [values[CELLS - 1], values[ALL - 1]], apart = [...swings.apart];
  for (const kind of [0, 1]) {
    let moved = 0;
    for (let n = kind * CELLS; n < kind * CELLS + SIZES[0]; n++) if (values[n] !== swings.run.last[n]) moved++;
    // The mean of the whole picture follows only changes of a large enough share of it.
    if (moved < MOVED * SIZES[0]) apart[kind] = Math.fround(apart[kind] + swings.last[kind] - last[kind]);
  }
  if (apart[0] || apart[1]) {
    values = values.slice();
    values[CELLS - 1] += apart[0];
    values[ALL - 1] += apart[1];
  }
  const up = new Uint8Array(ALL), down = new Uint8Array(ALL);
  const track = follow(swings.track, values, marks, up, down);
  const run = go(swings.run, values, marks, up, down);
  return { swings: { track, run, last, apart }, up, down };
}

// Between which values, exclusive, no cell counts for either reader: [low, high].
export function boundsOf({ track, run, apart }) {
  const low = new Float32Array(ALL), high = new Float32Array(ALL);
  for (let n = 0; n < ALL; n++) {
    const change = changeOf(n), start = run.last[n] - run.way[n], way = run.way[n];
    const calmLow = track.direction[n] < 0 ? -Infinity : track.high[n] - change;
    const calmHigh = track.direction[n] > 0 ? Infinity : track.low[n] + change;
    const strictHigh = run.counted[n] && way > 0 ? Infinity : (way > 0 ? start : run.last[n]) + change;
    const strictLow = run.counted[n] && way < 0 ? -Infinity : (way < 0 ? start : run.last[n]) - change;
    low[n] = Math.max(calmLow, strictLow);
    high[n] = Math.min(calmHigh, strictHigh);
  }
  for (const [kind, n] of [[0, CELLS - 1], [1, ALL - 1]]) {
    low[n] -= apart[kind];
    high[n] -= apart[kind];
  }
  return [low, high];
}
