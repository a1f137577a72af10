// Plots of a day and a week, the web gallery on a stick, out of service and back, and a restart.

const PLOTTED = {
  fps: ["Frames a second, by the net", "#0b6b47"], late_ms_p99: ["Tick late (p99), ms", "#b3210f"],
  temperature_c: ["Temperature, °C", "#a04000"], memory_mb: ["Memory of the show, MB", "#3b2a8c"],
  load: ["Load", "#1c1626"], disk_free_gb: ["Disk free, GB", "#005f86"],
};
const LOOK_EVERY_MS = 1500, PLOT_EVERY_MS = 60000;

const short = (value) => String(Number(value.toPrecision(4)));

/** Plots in `place`, a figure each; told in words where the library is not installed. */
async function drawPlots(get, place, span) {
  const columns = await get(`/operator/history?span=${span}`);
  const kinds = Object.keys(PLOTTED).filter((kind) => kind in columns);
  if (!kinds.length) {
    place.textContent = "Nothing was measured yet: a point comes every minute.";
    return;
  }
  let uPlot;
  try {
    ({ default: uPlot } = await import("/static/made/uPlot.esm.js"));
  } catch {
    place.textContent = "The plots are not installed here (make play).";
    return;
  }
  const width = Math.max(200, Math.min(520, place.clientWidth - 40));
  const figures = kinds.map((kind) => {
    const [name, stroke] = PLOTTED[kind];
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const seen = columns[kind].filter((value) => value !== null);
    const newest = seen.at(-1), least = Math.min(...seen), most = Math.max(...seen);
    caption.textContent = `${name}: now ${short(newest)}, between ${short(least)} and ${short(most)}`;
    figure.append(caption);
    const options = {
      width, height: 170, legend: { show: false }, cursor: { show: false },
      scales: { y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] } },
      series: [{}, { label: name, stroke, width: 2, spanGaps: false, points: { show: seen.length < 3 } }],
    };
    new uPlot(options, [columns.at, columns[kind]], figure);
    figure.querySelector(".uplot")?.setAttribute("aria-hidden", "true");
    return figure;
  });
  place.replaceChildren(...figures);
}

function offerPlots(get) {
  const place = document.getElementById("plots"), span = document.getElementById("span");
  const draw = () => drawPlots(get, place, span.value);
  span.addEventListener("change", draw);
  setInterval(() => { if (!document.hidden) draw(); }, PLOT_EVERY_MS);
  draw();
}

function offerWeb(get, post) {
  const form = document.getElementById("web"), told = document.getElementById("web-told");
  const places = document.getElementById("places"), write = document.getElementById("write-web");
  const look = async () => {
    const found = await get("/operator/web");
    const kept = places.value;
    places.replaceChildren(...found.places.map((place) => new Option(place, place, false, place === kept)));
    write.disabled = found.busy || !found.places.length;
    if (found.busy) told.textContent = "Being written…";
    else if (found.told) told.textContent = found.told.well ? `Written: ${found.told.line}` : found.told.line;
    else if (!found.places.length) told.textContent = "No stick is plugged in that may be written to.";
    else told.textContent = "";
    if (found.busy) setTimeout(look, LOOK_EVERY_MS);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post("/operator/web", { place: places.value });
    if (!answer.ok) told.textContent = answer.line || "That did not work.";
    else await look();
  });
  document.getElementById("look-web").addEventListener("click", look);
  look();
}

function offerService(post, say) {
  const closed = document.getElementById("closed"), restart = document.getElementById("restart");
  closed.addEventListener("click", async () => {
    const wanted = closed.getAttribute("aria-pressed") !== "true";
    const answer = await post("/operator/settings", { "screen.out_of_service": wanted });
    if (!answer.ok) return say(answer.line || "That did not work.", true);
    showClosed(wanted);
    say(wanted ? "Out of service until you press it again, or until the next start." : "Back in service.");
  });
  restart.addEventListener("click", async () => {
    if (!restart.dataset.sure) {
      restart.dataset.sure = "yes";
      restart.textContent = "Really restart? A visit is broken off";
      return;
    }
    delete restart.dataset.sure;
    restart.textContent = "Restart the show";
    const answer = await post("/operator/restart");
    say(answer.ok ? "It restarts; this page is back in a minute." : answer.line || "That did not work.", !answer.ok);
  });
}

/** Whether the screen says "back soon". */
export function showClosed(is) {
  const closed = document.getElementById("closed");
  closed.setAttribute("aria-pressed", is ? "true" : "false");
  closed.textContent = is ? "Back in service" : "Out of service";
}

export function offerTools(get, post, say) {
  offerPlots(get);
  offerWeb(get, post);
  offerService(post, say);
}
