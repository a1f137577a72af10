// Plays the frames there are in a loop, through the flash governor, onto a canvas; and records.

import { Governor } from "./governor.js";

export const FPS = 25;

export class Player {
  constructor(canvas, [width, height]) {
    this.canvas = canvas;
    this.size = [width, height];
    Object.assign(canvas, { width, height });
    this.context = canvas.getContext("2d");
    this.image = this.context.createImageData(width, height);
    this.governor = new Governor(FPS, [width, height]);
    this.frames = [];
    this.older = [];
    this.last = -1;
    this.recording = false;
    requestAnimationFrame((now) => this.tick(now));
  }

  set calm(calm) { this.governor.calm = calm; }

  // A round of `count` frames begins to be made; until a frame is there the last round's stands in.
  begin(count) {
    const whole = this.frames.filter(Boolean).length > this.frames.length / 4;
    if (whole && this.frames.length === count) this.older = this.frames;
    if (this.frames.length !== count) this.older = [];
    this.frames = Array.from({ length: count }, () => null);
  }

  put(index, rgb) { this.frames[index] = rgb; }

  // Something to see before there is a film.
  still(rgb) {
    this.frames = this.older = [];
    this.show(rgb, performance.now() / 1000);
  }

  // The newest there is for a place of the round: its own frame, or one a little before it.
  at(index) {
    for (let n = index; n > index - 4 && n >= 0; n--) if (this.frames[n]) return this.frames[n];
    if (this.older[index]) return this.older[index];
    for (let n = index; n >= 0; n--) if (this.frames[n]) return this.frames[n];
    return this.frames.find(Boolean) ?? null;
  }

  tick(now) {
    requestAnimationFrame((next) => this.tick(next));
    const number = Math.floor((now / 1000) * FPS);
    if (number === this.last || !this.frames.length || this.recording) return;
    this.last = number;
    const rgb = this.at(number % this.frames.length);
    if (rgb) this.show(rgb, number / FPS);
  }

  show(rgb, seconds) {
    this.draw(this.governor.passOn(rgb, seconds));
  }

  draw(rgb) {
    const { data } = this.image;
    for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
      data[to] = rgb[from];
      data[to + 1] = rgb[from + 1];
      data[to + 2] = rgb[from + 2];
      data[to + 3] = 255;
    }
    this.context.putImageData(this.image, 0, 0);
  }

  // One round as a video file, safe also where it is played again and again: it is governed as one
  // that follows itself. Null where the browser cannot record; a slow one takes its time.
  async record() {
    const kinds = ["video/mp4;codecs=avc1.42E01E", "video/mp4", "video/webm;codecs=vp9", "video/webm"];
    const kind = globalThis.MediaRecorder && this.canvas.captureStream &&
      kinds.find((each) => MediaRecorder.isTypeSupported(each));
    if (!kind) return null;
    this.recording = true;
    const round = await this.round();
    const stream = this.canvas.captureStream(0), [track] = stream.getVideoTracks(), parts = [];
    try {
      const recorder = new MediaRecorder(stream, { mimeType: kind, videoBitsPerSecond: 4e6 });
      const ended = new Promise((end) => { recorder.onstop = end; });
      recorder.ondataavailable = ({ data }) => parts.push(data);
      recorder.start();
      for (const rgb of round) {
        const begun = performance.now();
        this.draw(rgb);
        track.requestFrame();
        do await new Promise(requestAnimationFrame); while (performance.now() - begun < 1000 / FPS);
      }
      recorder.stop();
      await ended;
    } finally {
      track.stop();
      this.recording = false;
    }
    const type = kind.split(";")[0], ending = type === "video/mp4" ? "mp4" : "webm";
    return new File(parts, `ugly-net.${ending}`, { type });
  }

  // The round's frames, as the governor passes them on once it knows all that they do.
  async round() {
    const governor = new Governor(FPS, this.size), safe = [], count = this.frames.length;
    governor.calm = this.governor.calm;
    const rounds = Math.max(2, Math.ceil((5 * FPS) / count));
    for (let n = 0; n < (rounds + 1) * count; n++) {
      const rgb = governor.passOn(this.at(n % count), n / FPS);
      if (n >= rounds * count) safe.push(rgb);
      if (n % 10 === 0) await new Promise((resume) => setTimeout(resume));
    }
    return safe;
  }
}
