// The flash governor, as at the booth (show/flash_safety/governor.py): keeps what is shown below what
// WCAG 2.3.1 allows. A test passes the same films through both, and judges them by the same ruler.

import { linearCells, measuredCells } from "./cells.js";
import { Easing, veiled } from "./easing.js";
import { boxOf, Flicker } from "./flicker.js";

const SHARES = [0.5, 0.25, 0.12, 0.06, 0.03], EASED_S = 1, MOST = 0.8, WHOLE = [0, 0, 1, 1];

export class Governor {
  // `fps` is the rate at which frames usually come; `size` [width, height], 160 x 90 and above.
  constructor(fps, size) {
    this.size = size;
    this.calm = false;
    this.held = 0;
    this.slack = 0.5 / fps;
    this.flicker = null;
    this.easing = null;
    this.easedUntil = this.easedAt = -Infinity;
  }

  // The frame (RGB) to show at a time in seconds, which never runs back.
  passOn(rgb, at) {
    const cells = linearCells(rgb, this.size), measure = measuredCells(cells);
    if (!this.flicker) {
      this.flicker = new Flicker(this.slack, measure);
      this.shown = rgb;
      this.at = at;
      return rgb;
    }
    this.at = at = Math.max(this.at, at);
    this.flicker.forget(at);
    const step = this.flicker.look(measure), safe = this.flicker.isSafe(step, this.calm);
    if (safe && at >= this.easedUntil) {
      this.easing = null;
      this.flicker.take(step, at, this.calm);
      this.shown = rgb;
      return rgb;
    }
    if (!(safe && step.quiet)) this.easedUntil = at + EASED_S;
    return this.ease(rgb, cells, step);
  }

  may(step, quietly) {
    return (step.quiet || !quietly) && this.flicker.isSafe(step, this.calm);
  }

  // Show a frame with its luminance led along: as coarsely as is safe.
  ease(rgb, cells, step) {
    let since = this.at - this.easedAt;
    this.easedAt = this.at;
    if (!this.easing) {
      this.easing = new Easing(linearCells(this.shown, this.size));
      since = this.slack * 2;
    }
    const { easing } = this;
    easing.follow(cells, since);
    if (!this.may(step, true)) easing.lead(step.cells, boxOf(step));
    const ways = [];
    for (let scale = easing.scale; scale >= 0; scale--) ways.push([scale, false]);
    const first = ways.length;
    ways.push([0, true], [0, true], [0, true]);
    for (const [number, [scale, bounded]] of ways.entries()) {
      const veil = easing.veil(cells, scale, bounded ? this.flicker.bounds() : null);
      const small = veil.nothing ? rgb : veiled(rgb, this.size, veil);
      const shown = linearCells(small, this.size), tried = this.flicker.look(measuredCells(shown));
      if (this.may(tried, scale > 0 || bounded)) {
        easing.scale = scale;
        if (bounded) easing.settle(shown);
        this.flicker.take(tried, this.at, this.calm);
        this.shown = small;
        if (!veil.nothing) this.held++;
        return small;
      }
      if (bounded) {
        easing.lead(tried.cells, WHOLE);
        if (number > first) easing.pin(tried.cells);
        easing.settle(linearCells(this.shown, this.size));
      }
    }
    easing.scale = 0;
    return this.holdBack(rgb, step);
  }

  // Show as much of a frame as is safe: without a turn if possible, else gently.
  holdBack(rgb, step) {
    const box = boxOf(step);
    const tries = [
      ...SHARES.map((share) => [box, share, true]), [box, SHARES.at(-2), false], [box, 0, true],
      [WHOLE, SHARES.at(-1), true], [WHOLE, SHARES.at(-2), false],
    ];
    this.held++;
    for (const [where, share, quietly] of tries) {
      const small = this.blend(rgb, share, where);
      const tried = this.flicker.look(measuredCells(linearCells(small, this.size)));
      if (!this.may(tried, quietly)) continue;
      this.flicker.take(tried, this.at, this.calm);
      this.shown = small;
      break;
    }
    return this.shown;
  }

  // A frame; in the box, laid over what was shown last with that share.
  blend(rgb, share, [left, top, right, bottom]) {
    if ((right - left) * (bottom - top) > MOST || right <= left || bottom <= top)
      [left, top, right, bottom] = WHOLE;
    const [width, height] = this.size, mixed = rgb.slice();
    for (let y = Math.floor(top * height); y < Math.ceil(bottom * height); y++)
      for (let n = 3 * (y * width + Math.floor(left * width)); n < 3 * (y * width + Math.ceil(right * width)); n++)
        mixed[n] = Math.round(this.shown[n] * (1 - share) + rgb[n] * share);
    return mixed;
  }
}
