// Every booth, as the hub tells it. Cards are changed in place, so that whoever is at a button stays there.

const say_ = document.body.dataset;
const told = document.getElementById("told");
const language = document.documentElement.lang;

function say(line, bad = false) {
  told.textContent = line;
  told.classList.toggle("bad", bad);
  told.hidden = !line;
}

function fill(text, names) {
  return Object.entries(names).reduce((made, [key, value]) => made.replaceAll(`{${key}}`, value), text);
}

async function post(path, document_ = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", "x-uglynet": "watch" },
    body: JSON.stringify(document_),
  });
  const found = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.reload();
  return { ok: answer.ok, status: answer.status, ...found };
}

function element(name, text = "", classes = "") {
  const made = document.createElement(name);
  if (text !== "") made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

function offerLogin(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const password = form.elements.password;
    const answer = await post("/login", { password: password.value });
    if (answer.ok) return location.reload();
    say(answer.status === 429 ? say_.often : say_.wrong, true);
    password.value = "";
    password.focus();
  });
}

// Whether somebody is sure.

const sure = document.getElementById("sure");
let wanted = null;

function ask(booth, button) {
  wanted = { booth: booth.name, do: button.do, ...(button.do === "restart" ? {} : { on: button.on }) };
  document.getElementById("question").textContent = button.sure;
  sure.showModal();
  document.getElementById("no").focus();
}

async function tell() {
  const asked = wanted;
  sure.close();
  say(fill(say_.asking, { name: asked.booth }));
  const answer = await post("/tell", asked).catch(() => ({ ok: false, line: "" }));
  say(fill(answer.ok ? say_.done : say_.failed, { name: asked.booth, line: answer.line ?? "" }), !answer.ok);
}

// Cards.

class Card {
  constructor(name) {
    this.item = element("li");
    this.item.dataset.booth = name;
    const heading = element("h2", name);
    heading.id = `booth-${name}`;
    this.state = element("p");
    this.beat = element("p", "", "small");
    this.do_ = element("p");
    this.troubles = element("ul", "", "troubles");
    this.well = element("p");
    this.facts = element("dl", "", "facts");
    this.buttons = element("p", "", "actions");
    this.item.append(heading, this.state, this.do_, this.troubles, this.well, this.beat, this.facts, this.buttons);
    this.before = {};
  }

  // Only what changed is made anew.
  differs(key, value) {
    const text = JSON.stringify(value);
    if (this.before[key] === text) return false;
    this.before[key] = text;
    return true;
  }

  show(booth) {
    if (this.differs("class", [booth.kind, booth.urgent])) this.item.className = `${booth.kind}${booth.urgent ? " urgent" : ""}`;
    if (this.differs("state", [booth.shape, booth.state, booth.since])) {
      const shape = element("span", booth.shape, "shape");
      shape.setAttribute("aria-hidden", "true");
      this.state.replaceChildren(shape, element("span", booth.state, "state"), booth.since ? ` ${booth.since}` : "");
    }
    this.text(this.do_, "do", booth.do);
    this.text(this.well, "well", booth.well);
    this.text(this.beat, "beat", booth.beat);
    if (this.differs("troubles", booth.troubles)) {
      this.troubles.hidden = booth.troubles.length === 0;
      this.troubles.replaceChildren(...booth.troubles.map((trouble) => {
        const made = element("li", "", "trouble");
        const shape = element("span", trouble.shape, "shape");
        shape.setAttribute("aria-hidden", "true");
        made.append(shape, element("strong", trouble.line), element("span", trouble.do, "do"));
        return made;
      }));
    }
    if (this.differs("facts", booth.facts)) {
      this.facts.hidden = booth.facts.length === 0;
      this.facts.replaceChildren(...booth.facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
    }
    if (this.differs("buttons", booth.buttons)) this.offer(booth);
  }

  text(at, key, line) {
    if (!this.differs(key, line)) return;
    at.textContent = line;
    at.hidden = !line;
  }

  offer(booth) {
    const held = [...this.buttons.children].indexOf(document.activeElement);
    this.buttons.hidden = booth.buttons.length === 0;
    this.buttons.replaceChildren(...booth.buttons.map((button) => {
      const made = element("button", button.text);
      made.type = "button";
      made.setAttribute("aria-describedby", `booth-${booth.name}`);
      made.addEventListener("click", () => ask(booth, button));
      return made;
    }));
    if (held >= 0) this.buttons.children[held]?.focus();
  }
}

const cards = new Map();
const states = new Map();

function show({ away, booths }) {
  const list = document.getElementById("booths");
  const notice = document.getElementById("away");
  if (notice.textContent !== away) notice.textContent = away;
  notice.hidden = !away;
  const there = new Set(booths.map((booth) => booth.name));
  for (const [name, card] of cards) if (!there.has(name)) { card.item.remove(); cards.delete(name); states.delete(name); }
  for (const booth of booths) {
    if (!cards.has(booth.name)) cards.set(booth.name, new Card(booth.name));
    cards.get(booth.name).show(booth);
    const before = states.get(booth.name);
    states.set(booth.name, booth.state);
    if (before !== undefined && before !== booth.state) say(fill(say_.changed, { name: booth.name, state: booth.state }), booth.urgent);
  }
  arrange(list, booths.map((booth) => cards.get(booth.name).item));
  document.getElementById("none")?.remove();
  if (booths.length === 0) {
    const none = element("p", say_.none);
    none.id = "none";
    list.before(none);
  }
}

// The order changes only while nobody is at a button in it: a card that is moved loses its focus.
function arrange(list, items) {
  const same = items.length === list.children.length && items.every((item, number) => list.children[number] === item);
  if (same) return;
  if (list.contains(document.activeElement)) {
    for (const item of items) if (!item.isConnected) list.append(item);
    return;
  }
  list.replaceChildren(...items);
}

function follow() {
  const stream = new EventSource(`/live?lang=${language}`);
  stream.addEventListener("message", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("over", () => { stream.close(); location.reload(); });
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) say(say_.over, true); });
}

if (say_.inside === "yes") {
  document.getElementById("yes").addEventListener("click", tell);
  document.getElementById("no").addEventListener("click", () => sure.close());
  document.getElementById("logout").addEventListener("click", async () => { await post("/logout"); location.reload(); });
  follow();
} else {
  offerLogin(document.getElementById("login"));
}
