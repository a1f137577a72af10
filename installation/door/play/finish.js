// What a net's tone makes of a carved frame (noise/plain.py).

export function toned(rgb, tone) {
  if (tone.every((gain) => gain === 1)) return rgb;
  const tables = tone.map((gain) =>
    Uint8Array.from({ length: 256 }, (_, v) => Math.min(255, Math.max(0, v * gain + 0.5))));
  return rgb.map((value, n) => tables[n % 3][value]);
}
