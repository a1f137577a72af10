// A net's noise rack and tone on a carved frame, as noise/rack.py finishes it.

import { toned } from "./finish.js";

export class Rack {
  constructor(size) {
    this.size = size;
  }

  // `clip` is {frames, fps}; `position` is where in it the frame lies, in frames.
  finished(rgb, net) {
    return toned(rgb, net.tone);
  }
}

// The tools of a net's rack that are not here.
export const missingTools = (net) => net.rack.filter((step) => step.amount > 0).map((step) => step.tool);
