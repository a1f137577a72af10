// How often the cells of a moving picture turned, and whether one turn more is safe: the governor's
// memory (show/flash_safety/flash_tracker.py), where a field of view is the whole picture.

import { BEGINS, CELLS, GRIDS, SIZES } from "./cells.js";
import { area } from "./scaling.js";
import { boundsOf, followed, swingsAt } from "./swings.js";

const FLASHES = 3, SECOND_S = 1.2, SUSTAINED = 8, LONG_S = 5, OFTEN = 4, OFTEN_S = 3.2;
const AREA = 0.18, A_LOT = 0.3, ALL = 2 * CELLS, SCALES = GRIDS.length;

// Whether cells of a kind, at a scale, cover too large a share of the picture.
function isWide(cells, kind, scale) {
  const begin = kind * CELLS + BEGINS[scale];
  let count = 0;
  for (let n = begin; n < begin + SIZES[scale]; n++) count += cells[n] ? 1 : 0;
  return count >= AREA * SIZES[scale];
}

const isWideAnywhere = (cells) =>
  [0, 1].some((kind) => GRIDS.some((_, scale) => isWide(cells, kind, scale)));

class Window {
  constructor(span, flashes) {
    Object.assign(this, { span, flashes, cells: new Int16Array(ALL), events: new Int16Array(2 * SCALES), past: [] });
  }

  turns(calm) {
    return 2 * (calm ? Math.floor(this.flashes / 2) : this.flashes);
  }

  forget(at) {
    while (this.past.length && this.past[0].at <= at - this.span) this.count(this.past.shift(), -1);
  }

  add(at, { cells, events }) {
    this.past.push({ at, cells, events });
    this.count({ cells, events }, 1);
  }

  count({ cells, events }, sign) {
    for (let n = 0; n < ALL; n++) this.cells[n] += sign * cells[n];
    events.forEach((event, n) => { this.events[n] += sign * event; });
  }
}

export class Flicker {
  constructor(slack, first) {
    this.second = new Window(SECOND_S + slack, FLASHES);
    this.long = new Window(LONG_S + slack, SUSTAINED);
    this.over = [SECOND_S, LONG_S, LONG_S].map((span) => ({ span: span + slack, cells: new Int16Array(ALL), past: [] }));
    this.often = { cells: new Float32Array(ALL), events: new Float32Array(2 * SCALES), past: [] };
    this.swings = swingsAt(first);
    this.at = null;
  }

  // Let go of what happened too long before `at` to count.
  forget(at) {
    this.countOften(at);
    this.second.forget(at);
    this.long.forget(at);
    for (const over of this.over)
      while (over.past.length && over.past[0].at <= at - over.span) {
        const { cells } = over.past.shift();
        for (let n = 0; n < ALL; n++) over.cells[n] -= cells[n];
      }
    while (this.often.past.length && this.often.past[0].at <= at - LONG_S) {
      const gone = this.often.past.shift();
      this.spend(gone, -gone.span);
    }
  }

  countOften(at) {
    const since = this.at === null ? 0 : at - this.at, { cells, events, past } = this.second;
    this.at = at;
    if (!past.length || since <= 0) return;
    const often = {
      at, span: Math.min(since, SECOND_S), cells: new Uint8Array(ALL),
      events: Array.from(events, (count) => (count >= OFTEN ? 1 : 0)),
    };
    let any = false;
    for (let n = 0; n < ALL; n++) if (cells[n] >= OFTEN) any = often.cells[n] = 1;
    if (!any) return;
    this.often.past.push(often);
    this.spend(often, often.span);
  }

  spend({ cells, events }, span) {
    const seconds = Math.fround(span);
    for (let n = 0; n < ALL; n++) this.often.cells[n] += seconds * cells[n];
    events.forEach((event, n) => { this.often.events[n] += seconds * event; });
  }

  // What a frame would do: {swings, cells, events, turned, quiet}.
  look(measure) {
    const { swings, up, down } = followed(this.swings, measure), cells = new Uint8Array(ALL);
    const events = new Array(2 * SCALES).fill(0);
    let turned = false;
    for (let n = 0; n < ALL; n++) if ((cells[n] = up[n] | down[n])) turned = true;
    if (turned)
      for (const kind of [0, 1])
        for (let scale = 0; scale < SCALES; scale++)
          events[kind * SCALES + scale] = isWide(up, kind, scale) || isWide(down, kind, scale) ? 1 : 0;
    return { swings, cells, events, turned, quiet: !events.includes(1) };
  }

  bounds() {
    return boundsOf(this.swings);
  }

  isSafe(step, calm) {
    if (!step.turned) return true;
    for (const window of [this.second, this.long]) {
      const turns = window.turns(calm);
      if (step.events.some((event, n) => event && window.events[n] >= turns)) return false;
    }
    if (step.events.some((event, n) => event && this.tooOften(n, 1, "events"))) return false;
    return !this.overBy(step, calm).some((over, n) => {
      if (!over) return false;
      const before = this.over[n].cells, either = new Uint8Array(ALL);
      for (let k = 0; k < ALL; k++) either[k] = over[k] || before[k] > 0 ? 1 : 0;
      return isWideAnywhere(either);
    });
  }

  tooOften(n, turn, what) {
    return this.second[what][n] + turn >= OFTEN && this.often[what][n] > OFTEN_S - SECOND_S;
  }

  // Which cells a step would turn that may not turn any more; null where there is none.
  overBy(step, calm) {
    const found = [null, null, null], mark = (which, n) => {
      found[which] ??= new Uint8Array(ALL);
      found[which][n] = 1;
    };
    const [second, long] = [this.second.turns(calm), this.long.turns(calm)];
    for (let n = 0; n < ALL; n++) {
      if (!step.cells[n]) continue;
      if (this.second.cells[n] + 1 > second) mark(0, n);
      if (this.long.cells[n] + 1 > long) mark(1, n);
      if (this.tooOften(n, 1, "cells")) mark(2, n);
    }
    return found;
  }

  // The step was shown.
  take(step, at, calm) {
    this.swings = step.swings;
    if (!step.turned) return;
    this.overBy(step, calm).forEach((cells, k) => {
      if (!cells) return;
      this.over[k].past.push({ at, cells });
      for (let n = 0; n < ALL; n++) this.over[k].cells[n] += cells[n];
    });
    this.second.add(at, step);
    this.long.add(at, step);
  }
}

// What flickers, with a margin, as shares: [left, top, right, bottom]; [1, 1, 0, 0] for nothing.
export function boxOf(step) {
  const [across, down] = GRIDS.at(-2), wide = new Uint8Array(across * down);
  GRIDS.slice(0, -1).forEach((grid, scale) => {
    const begin = BEGINS[scale], either = Float32Array.from({ length: SIZES[scale] }, (_, n) =>
      step.cells[begin + n] | step.cells[CELLS + begin + n]);
    area(either, grid, [across, down]).forEach((share, n) => { if (share >= A_LOT) wide[n] = 1; });
  });
  const opened = openedBy2(wide, across, down), seen = opened.includes(1) ? opened : wide;
  const columns = [], rows = [];
  seen.forEach((is, n) => { if (is) { columns.push(n % across); rows.push(Math.floor(n / across)); } });
  if (!columns.length) return [1, 1, 0, 0];
  return [
    Math.max(0, Math.min(...columns) - 0.5) / across, Math.max(0, Math.min(...rows) - 0.5) / down,
    Math.min(across, Math.max(...columns) + 1.5) / across, Math.min(down, Math.max(...rows) + 1.5) / down,
  ];
}

// Without what is smaller than two by two (OpenCV's MORPH_OPEN with a kernel of that size).
function openedBy2(cells, across, down) {
  const kept = (from, test, outside) => from.map((_, n) => {
    const x = n % across, y = Math.floor(n / across);
    return test([[0, 0], [-1, 0], [0, -1], [-1, -1]].map(([dx, dy]) =>
      x + dx < 0 || y + dy < 0 ? outside : from[(y + dy) * across + x + dx])) ? 1 : 0;
  });
  return kept(kept(cells, (all) => all.every(Boolean), 1), (all) => all.some(Boolean), 0);
}
