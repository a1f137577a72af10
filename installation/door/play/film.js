// Two seconds of a film, as frames for the net: read from a file, or from the camera where the page
// may ask for it. They stay in this browser's memory.

export const SECONDS = 2, FPS = 12.5;
const COUNT = SECONDS * FPS, PATIENCE_MS = 15000;

const wait = (target, event) => new Promise((found, failed) => {
  const late = setTimeout(() => failed(new Error(`no ${event}`)), PATIENCE_MS);
  target.addEventListener(event, () => { clearTimeout(late); found(); }, { once: true });
  target.addEventListener("error", () => { clearTimeout(late); failed(new Error("unreadable")); }, { once: true });
});

// A picture's middle, filled into width x height, as RGB bytes.
export function grabbed(picture, [wide, tall], [width, height], mirrored = false) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  if (mirrored) context.setTransform(-1, 0, 0, 1, width, 0);
  const scale = Math.max(width / wide, height / tall);
  context.drawImage(picture, (width - wide * scale) / 2, (height - tall * scale) / 2,
    wide * scale, tall * scale);
  return rgbOf(context.getImageData(0, 0, width, height).data);
}

export function rgbOf(rgba) {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return rgb;
}

// The middle two seconds of a file's film, or all of a shorter one: {frames, fps}.
export async function filmOfFile(file, size) {
  const video = document.createElement("video"), address = URL.createObjectURL(file);
  Object.assign(video, { muted: true, playsInline: true, preload: "auto" });
  try {
    video.src = address;
    await wait(video, "loadeddata");
    const length = await lengthOf(video), seconds = Math.min(SECONDS, length);
    const begin = (length - seconds) / 2, count = Math.max(2, Math.round(seconds * FPS));
    const frames = [];
    for (let n = 0; n < count; n++) {
      const at = Math.min(begin + (n + 0.5) / FPS, Math.max(0, length - 0.01));
      if (Math.abs(video.currentTime - at) > 1e-4) {
        video.currentTime = at;
        await wait(video, "seeked");
      }
      frames.push(grabbed(video, [video.videoWidth, video.videoHeight], size));
    }
    return { frames, fps: FPS };
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}

// Some recorders leave the length out; then the browser finds it by going to the end.
async function lengthOf(video) {
  if (Number.isFinite(video.duration)) return video.duration;
  video.currentTime = 1e7;
  await wait(video, "seeked");
  const length = Number.isFinite(video.duration) ? video.duration : video.currentTime;
  video.currentTime = 0;
  await wait(video, "seeked");
  return length;
}

export const hasCamera = () => Boolean(isSecureContext && navigator.mediaDevices?.getUserMedia);

// Two seconds of the camera, seen as in a mirror; `shown(rgb)` gets what it sees meanwhile.
export async function filmOfCamera(size, shown) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false, video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 360 } },
  });
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, srcObject: stream });
  try {
    await video.play();
    const frames = [], began = performance.now() + 1000; // a second to be ready
    for (let n = -FPS; n < COUNT; n++) {
      const due = began + (1000 * n) / FPS;
      while (performance.now() < due) await new Promise(requestAnimationFrame);
      const rgb = grabbed(video, [video.videoWidth, video.videoHeight], size, true);
      shown(rgb);
      if (n >= 0) frames.push(rgb);
    }
    return { frames, fps: FPS };
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
