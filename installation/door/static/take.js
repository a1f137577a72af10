// A take's page: fills in by itself while the video bakes; shares; plays where that is welcome.
// Everything else on the page works without this file.

const LOOK_EVERY_MS = 1500;
const LONGEST_MS = 20000;

/** Ask how the take on its way is, until it is there; then show the page anew. */
async function waitForTake(token) {
  let pause = LOOK_EVERY_MS;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const answer = await fetch(`/t/${token}/state`, { headers: { accept: "application/json" } });
      if (answer.ok) {
        const { state, progress } = await answer.json();
        if (state !== "baking") return location.reload();
        const bar = document.getElementById("progress");
        if (bar) bar.value = progress;
        pause = LOOK_EVERY_MS;
        continue;
      }
      if (answer.status === 404) return location.reload();
    } catch {
      // The network was away; it may come back.
    }
    pause = Math.min(LONGEST_MS, pause * 2);
  }
}

/** The video as a file to share, where the browser can share files. */
async function videoFile(button) {
  const answer = await fetch(button.dataset.files);
  if (!answer.ok) return null;
  const blob = await answer.blob();
  return new File([blob], `${button.dataset.name}.mp4`, { type: "video/mp4" });
}

function offerSharing(button) {
  if (!navigator.share) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const file = await videoFile(button);
      // The file, not the link: whoever has the link could delete the take.
      if (file && navigator.canShare?.({ files: [file] })) await navigator.share({ files: [file] });
      else await navigator.share({ title: document.title, url: location.href });
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error.message);
    }
  });
}

function offerCopying(button) {
  const copy = async () => {
    if (navigator.clipboard) return navigator.clipboard.writeText(location.origin + location.pathname);
    // On plain http there is no clipboard: the old way.
    const field = document.createElement("textarea");
    field.value = location.origin + location.pathname;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    await copy();
    button.textContent = button.dataset.done;
  });
}

const { state, token } = document.body.dataset;
if (state === "baking") waitForTake(token);
const share = document.getElementById("share");
if (share) offerSharing(share);
const copy = document.getElementById("copy");
if (copy) offerCopying(copy);
const video = document.getElementById("video");
if (video && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
  video.play().catch(() => {}); // a phone that saves power plays when it is touched
}
