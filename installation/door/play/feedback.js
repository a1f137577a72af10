// The motion that a clip has had so far: interpolator/feedback.py, in the browser.

export const REMEMBERED = 8;
const FADES = Math.fround(0.8), FURTHEST = 0.15, HALF_WAY = 0.006;

// Where each cell's content is taken from at full feedback, 2 x height x width. `motions` are those
// of the pairs before, the oldest first, each of two planes or more.
export function carried(motions, width, height) {
  const area = width * height, total = new Float32Array(2 * area);
  for (const motion of motions)
    for (let n = 0; n < 2 * area; n++) total[n] = Math.fround(total[n] * FADES) + motion[n];
  for (let n = 0; n < area; n++) {
    const size = Math.hypot(total[n], total[n + area]);
    const times = (FURTHEST * width) / (size + HALF_WAY * width);
    total[n] *= -times;
    total[n + area] *= -times;
  }
  return total;
}
