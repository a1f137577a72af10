// The operators' page. Everything that changes anything carries a header that no form can send.

import { offerTools, showClosed } from "./tools.js";

const PAGE = 50;
const LOOK_EVERY_MS = 1000;
const told = document.getElementById("told");

function say(line, bad = false) {
  told.textContent = line;
  told.classList.toggle("bad", bad);
  told.hidden = !line;
}

async function post(path, document_ = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", "x-uglynet": "operator" },
    body: JSON.stringify(document_),
  });
  const found = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.reload();
  return { ok: answer.ok, status: answer.status, ...found };
}

// What is asked for and not yet answered; once somebody leaves, nothing more is asked.
const open = new Set();
let leaving = false;

async function ask(path, options = {}) {
  if (leaving) return new Promise(() => {});
  const answer = fetch(path, options);
  open.add(answer);
  return answer.finally(() => open.delete(answer));
}

async function get(path) {
  const answer = await ask(path, { headers: { accept: "application/json" } });
  if (answer.status === 401) location.reload();
  return answer.json();
}

function element(name, text = "", classes = "") {
  const made = document.createElement(name);
  if (text !== "") made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

function row(cells, head = false) {
  const made = element("tr");
  cells.forEach((cell, number) => {
    const one = element(head || number === 0 ? "th" : "td", String(cell));
    if (one.tagName === "TH") one.scope = head ? "col" : "row";
    made.append(one);
  });
  return made;
}

const time = (seconds) => (seconds ? new Date(seconds * 1000).toLocaleString() : "");

// Logging in.

function offerLogin(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const password = form.elements.password;
    const answer = await post("/operator/login", { password: password.value });
    if (answer.ok) return location.reload();
    say(answer.status === 429 ? "Too often: wait a minute." : "That is not the password.", true);
    password.value = "";
    password.focus();
  });
}

// Now.

const NAMES = {
  fps: ["Frames a second, by the net", ""], late_ms_p99: ["Tick late (p99)", " ms"],
  temperature_c: ["Temperature", " °C"], disk_free_gb: ["Disk free", " GB"],
  disk_takes: ["Room for takes", ""], memory_mb: ["Memory of the show", " MB"],
  machine_memory_percent: ["Memory of the machine", " %"], load: ["Load", ""],
};

function showLive({ live, alone }) {
  const values = document.getElementById("values");
  const facts = [];
  if (!live) facts.push(["Show", alone ? "none: the door is open alone" : "just starting"]);
  else {
    const hours = live.values.uptime_s / 3600;
    facts.push(["Version", live.version], ["Running for", `${hours.toFixed(1)} h`], ["Phase", `${live.phase}, visit ${live.visit}`]);
    for (const [key, [name, unit]] of Object.entries(NAMES))
      if (key in live.values) facts.push([name, `${live.values[key]}${unit}`]);
    const rows = live.devices.map((device) => {
      const made = row([device.name, `${device.health}: ${device.note}`, time(device.since_s)]);
      made.children[1].className = device.health;
      return made;
    });
    document.getElementById("devices").replaceChildren(...rows);
  }
  values.replaceChildren(...facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
}

function follow() {
  const stream = new EventSource("/operator/live");
  stream.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    showLive(told);
    showClosed(Boolean(told.out_of_service));
  });
  stream.addEventListener("over", () => { stream.close(); location.reload(); });
  const screen = document.getElementById("screen");
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await ask("/operator/screen.jpg").catch(() => null);
    if (!answer || answer.status !== 200) return;
    const before = screen.src;
    screen.src = URL.createObjectURL(await answer.blob());
    screen.hidden = false;
    if (before) URL.revokeObjectURL(before);
  }, LOOK_EVERY_MS);
}

// What was asked before comes first: answered after it, it would be refused as a stranger's.
async function leave() {
  leaving = true;
  await Promise.allSettled(open);
  await post("/operator/logout");
  location.reload();
}

// Takes.

let skip = 0;

async function showTakes() {
  const form = new FormData(document.getElementById("search"));
  const asked = new URLSearchParams({ skip, most: PAGE, text: form.get("text"), moderation: form.get("moderation") });
  const { count, takes } = await get(`/operator/takes?${asked}`);
  const last = Math.min(skip + PAGE, count);
  document.getElementById("count").textContent = count ? `${skip + 1} to ${last} of ${count}` : "none";
  document.getElementById("newer").disabled = skip === 0;
  document.getElementById("older").disabled = last >= count;
  document.getElementById("takes").replaceChildren(...takes.map(takeRow));
}

function takeRow(take) {
  const made = element("li");
  const picture = element("img");
  picture.src = `/operator/takes/${take.id}/poster.png`;
  picture.alt = "";
  picture.loading = "lazy";
  const body = element("div");
  const state = take.doomed_s ? `deleted for good at ${time(take.doomed_s)}` : take.show ? take.moderation : "private: its visitor said no";
  const heading = element("h3", take.name || take.id);
  body.append(heading, element("p", `${time(take.kept_at_s)}, ${state}${take.pinned ? ", pinned" : ""}${take.likes ? `, ${take.likes} likes` : ""}`));
  const actions = element("div", "", "actions");
  const acts = take.doomed_s
    ? [["undo", "Undo"]]
    : [
        take.moderation === "hidden" || take.moderation === "waiting" ? ["approve", "Show"] : ["moderate", "Hide"],
        ...(take.moderation === "unseen" ? [["approve", "Approve"]] : []),
        take.pinned ? ["unpin", "Unpin"] : ["pin", "Pin"],
        ["like", "Like"], ["link", "Link"], ["delete", "Delete"],
      ];
  for (const [act, name] of acts) {
    const button = element("button", name, act === "delete" ? "danger" : "");
    button.type = "button";
    button.setAttribute("aria-label", `${name} ${take.name || take.id}`);
    button.addEventListener("click", () => doTo(take, act));
    actions.append(button);
  }
  const video = element("a", "Video", "button");
  video.href = `/operator/takes/${take.id}/video.mp4`;
  video.setAttribute("aria-label", `Video of ${take.name || take.id}`);
  actions.append(video);
  body.append(actions);
  made.append(picture, body);
  return made;
}

async function doTo(take, act) {
  const answer = await post(`/operator/takes/${take.id}/${act}`);
  if (!answer.ok) say(answer.line || "That did not work.", true);
  else if (act === "delete") say(`${take.name}: hidden, and deleted for good in ten minutes. Undo until then.`);
  else if (answer.link) say(`${location.origin}${answer.link}`);
  else say("");
  await showTakes();
  await showAudit();
}

// Numbers, audit, settings.

async function showNumbers() {
  const days = Object.entries(await get("/operator/statistics?by=day")).slice(-7);
  const kinds = [...new Set(days.flatMap(([, counts]) => Object.keys(counts)))].sort();
  const table = document.getElementById("numbers");
  table.replaceChildren(row(["What", ...days.map(([day]) => day)], true), ...kinds.map((kind) => row([kind, ...days.map(([, counts]) => counts[kind] ?? 0)])));
}

async function showAudit() {
  const { lines } = await get("/operator/audit");
  document.getElementById("audit").replaceChildren(
    ...lines.slice(0, 20).map((line) => element("li", `${time(line.at)}: ${line.what}${line.take ? ` (take ${line.take})` : ""}${line.well ? "" : ": failed"}`)),
  );
}

async function showSettings() {
  const { settings } = await get("/operator/settings");
  const rows = settings.map((one) => {
    const made = row([one.key, one.live ? "" : JSON.stringify(one.value), one.default, `${one.means} (${one.allowed})`, one.live ? "at once" : "after restart"]);
    if (one.live) made.children[1].append(settingForm(one));
    return made;
  });
  document.getElementById("settings").replaceChildren(row(["Setting", "Value", "Default", "What it is", "Takes effect"], true), ...rows);
}

function settingForm(one) {
  const form = element("form", "", "setting");
  const field = element("input");
  field.value = JSON.stringify(one.value);
  field.setAttribute("aria-label", one.key);
  const button = element("button", "Set");
  button.setAttribute("aria-label", `Set ${one.key}`);
  form.append(field, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let value;
    try { value = JSON.parse(field.value); } catch { value = field.value; }
    const answer = await post("/operator/settings", { [one.key]: value });
    say(answer.ok ? `${one.key} is ${field.value} until the next start.` : answer.line || "That did not work.", !answer.ok);
    showAudit();
  });
  return form;
}

if (document.body.dataset.inside === "yes") {
  follow();
  document.getElementById("search").addEventListener("submit", (event) => { event.preventDefault(); skip = 0; showTakes(); });
  document.getElementById("newer").addEventListener("click", () => { skip = Math.max(0, skip - PAGE); showTakes(); });
  document.getElementById("older").addEventListener("click", () => { skip += PAGE; showTakes(); });
  document.getElementById("logout").addEventListener("click", leave);
  showTakes(); showNumbers(); showAudit(); showSettings();
  offerTools(get, post, say);
} else {
  const login = document.getElementById("login");
  if (login) offerLogin(login);
}
