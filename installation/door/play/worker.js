// The net's own thread: it makes the frames of the clip, as the net last heard of carves it, a
// coarse round first and then what is between, so that there is soon something to see.

import * as ort from "./made/ort/ort.wasm.min.mjs";
import { Engine, frameCount } from "./engine.js";
import { addressOf, document, hold, unpackedFile } from "./files.js";
import { Rack } from "./rack.js";

// Threads and the graphics card crash browsers on some phones today: neither is asked for.
ort.env.wasm.numThreads = 1;
ort.env.wasm.proxy = false;
ort.env.wasm.wasmPaths = { mjs: addressOf("ort/ort-wasm-simd-threaded.mjs") };
ort.env.logLevel = "error";

let engine, rack, clip = null, wanted = null, running = false;

async function load() {
  const [about, wasm] = await Promise.all([
    document("net.json"), unpackedFile("ort/ort-wasm-simd-threaded.wasm"),
  ]);
  ort.env.wasm.wasmBinary = wasm.buffer;
  engine = new Engine(ort, about, (name) => unpackedFile(`net/${name}.onnx`));
  rack = new Rack(about.size);
  await Promise.all([engine.session("flow"), engine.session("interp")]);
}

const turn = () => new Promise((resume) => setTimeout(resume));

async function make() {
  if (running) return;
  running = true;
  try {
    while (wanted && clip) {
      const job = wanted, film = clip;
      for (const index of orderOf(frameCount(film.frames.length, job.slow))) {
        const position = index / job.slow;
        const carved = await engine.frameAt(film.frames, position, job.net.cuts);
        const rgb = rack.finished(carved, job.net, film, position).slice();
        self.postMessage({ type: "frame", number: job.number, index, rgb }, [rgb.buffer]);
        await turn(); // hear of a newer net
        if (wanted !== job || clip !== film) break;
      }
      if (wanted === job && clip === film) {
        self.postMessage({ type: "whole", number: job.number });
        wanted = null;
      }
    }
  } finally {
    running = false;
  }
}

// Every fourth, then every second, then all the others.
function orderOf(count) {
  const all = Array.from({ length: count }, (_, n) => n);
  return [4, 2, 1].flatMap((step) =>
    all.filter((n) => n % step === 0 && (step === 4 || n % (2 * step))));
}

// What was filmed while the net was loading waits for it.
function ready() {
  self.postMessage({ type: "ready" });
  return make();
}

const tell = (error) => self.postMessage({ type: "trouble", what: String(error?.message ?? error) });

self.onmessage = ({ data }) => {
  if (data.type === "load") {
    hold(data.files);
    load().then(ready).catch(tell);
  }
  if (data.type === "clip") clip = { frames: data.frames, fps: data.fps };
  if (data.type === "net") wanted = data;
  if (engine) make().catch(tell);
};
