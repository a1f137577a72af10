// The page: its words, its knobs, the film, and the worker that makes the frames.

import { frameCount, keyOf } from "./engine.js";
import { document as file } from "./files.js";
import { filmOfCamera, filmOfFile, hasCamera } from "./film.js";
import { Hand } from "./hand.js";
import { Knob } from "./knobs.js";
import { bytesOf, DamagedError, fragmentOf, NewerError, packed, unpacked } from "./packing.js";
import { Player } from "./player.js";
import { missingTools } from "./rack.js";

const SLOW = 4, DEEPEST = 5, LANGUAGES = ["en", "de", "fr", "ko"];
const part = (id) => document.getElementById(id);

class Page {
  film = null;
  job = 0;
  chosen = "";
  page = 0;

  async start() {
    [this.about, this.texts] = await Promise.all([file("net.json"), file("words.json")]);
    this.player = new Player(part("picture"), this.about.size);
    const wish = navigator.languages.map((each) => each.slice(0, 2));
    this.speak(wish.find((each) => each in this.texts) ?? LANGUAGES[0]);
    this.hand = new Hand(this.about, this.brought());
    this.buttons();
    this.turnPage(this.hand.made().cuts.every((cut) => cut.site.startsWith("interp/")) &&
      this.hand.made().cuts.length ? 1 : 0);
    this.work();
    addEventListener("hashchange", () => {
      if (location.hash.slice(1) === this.written) return;
      this.hand.take(this.brought());
      this.changed();
    });
  }

  word(key, names = {}) {
    const text = this.texts[this.language][key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => names[name] ?? this.texts[this.language][`button.${name}`] ?? "");
  }

  tell(key, names) {
    this.telling = [key, names];
    part("told").textContent = key ? this.word(`play.${key}`, names) : "";
  }

  speak(language) {
    this.language = document.documentElement.lang = language;
    for (const each of document.querySelectorAll("[data-word]"))
      each.textContent = this.word(`play.${each.dataset.word}`);
    part("title").textContent = document.title = this.word("play.title");
    part("picture").setAttribute("aria-label", this.word("play.title"));
    part("calm").textContent = this.word("button.calm");
    part("pages").setAttribute("aria-label", this.word("play.page"));
    if (this.telling) this.tell(...this.telling);
    if (this.knobs) this.turnPage(this.page);
  }

  // The net that the link brought.
  brought() {
    const none = { model: this.about.model, name: "", seed: 0n, tone: [1, 1, 1], cuts: [], rack: [] };
    const fragment = location.hash.slice(1);
    if (!fragment) return none;
    try {
      const net = unpacked(bytesOf(fragment), this.about.model), known = new Set(this.about.sites.map((s) => s.name));
      const missing = missingTools(net).map((tool) => this.word(`tool.${tool}`));
      if (net.model !== this.about.model) this.note = ["other_model"];
      else if (missing.length) this.note = ["only_there", { tools: missing.join(", ") }];
      part("name").textContent = net.name;
      return { ...net, cuts: net.cuts.filter((cut) => known.has(cut.site)) };
    } catch (error) {
      if (!(error instanceof DamagedError || error instanceof NewerError)) throw error;
      this.note = [error instanceof NewerError ? "newer_net" : "no_net"];
      return none;
    }
  }

  buttons() {
    const choose = part("language");
    choose.append(...Object.entries(this.texts).map(([key, { name }]) => new Option(name, key)));
    choose.value = this.language;
    choose.onchange = () => this.speak(choose.value);
    for (const id of ["film", "pick"])
      part(id).onchange = ({ target }) => target.files[0] && this.shoot(() => filmOfFile(target.files[0], this.about.size));
    part("camera").hidden = !hasCamera();
    part("camera").onclick = () => this.shoot(() => {
      this.tell("stop");
      return filmOfCamera(this.about.size, (rgb) => this.player.still(rgb));
    });
    part("tool").onclick = () => { this.hand.next(this.chosen); this.changed(); };
    part("whole").onclick = () => { this.hand.heal(); this.changed(); };
    part("own").onclick = () => { this.hand.take(this.first); this.changed(); };
    part("calm").onclick = ({ currentTarget }) => {
      const calm = currentTarget.getAttribute("aria-pressed") !== "true";
      currentTarget.setAttribute("aria-pressed", calm);
      this.player.calm = calm;
    };
    part("save").onclick = () => this.save();
    part("link").onclick = async () => {
      await navigator.clipboard?.writeText(location.href);
      this.tell("copied");
    };
    this.first = this.hand.net;
    part("pages").append(...this.about.pages.map((sites, number) => {
      const button = document.createElement("button");
      button.className = "button";
      button.dataset.page = sites[0].split("/")[0];
      button.onclick = () => this.turnPage(number);
      return button;
    }));
  }

  turnPage(number) {
    this.page = number;
    for (const [n, button] of [...part("pages").children].entries()) {
      button.textContent = this.word(`page.${button.dataset.page}`);
      button.setAttribute("aria-pressed", n === number);
    }
    const sites = this.about.pages[number];
    if (!sites.includes(this.chosen)) this.chosen = "";
    this.knobs = sites.map((site) => new Knob(site, (amount) => {
      if (amount === this.hand.amount(site)) return;
      this.hand.turn(site, amount);
      this.changed();
    }, () => { this.chosen = site; this.draw(); }));
    part("knobs").replaceChildren(...this.knobs.map((knob) => knob.element));
    this.draw();
  }

  // What a layer is for, in the visitor's words.
  layer(site) {
    const [net, name] = site.split("/"), [, kind, number] = name.match(/^([a-z]+)(\d*)$/);
    return this.word(kind === "latent" ? `${net}.latent` : `${net}.${kind}${Math.max(1, Math.min(number, DEEPEST))}`);
  }

  manner(site) {
    const { name, operation } = site ? this.hand.mannerOf(site) : this.hand.manners[this.hand.manner];
    const own = this.texts[this.language];
    return own[`manner.${name.toLowerCase()}`] ?? own[`operation.${(name || operation).toLowerCase()}`] ??
      own[`operation.${operation}`] ?? name;
  }

  draw() {
    for (const knob of this.knobs) {
      const { site } = knob, amount = this.hand.amount(site), manner = this.manner(site);
      const long = this.word("form.pair", { what: this.layer(site), says: manner });
      knob.show(amount, this.about.looks[this.hand.mannerOf(site).operation],
        { short: amount > 0 ? manner : "\u00a0", long }, site === this.chosen);
    }
    part("tool").textContent = this.word("play.tool", { manner: this.manner(this.chosen) });
  }

  changed() {
    const net = this.hand.made();
    this.written = fragmentOf(packed(net, this.about.model));
    history.replaceState(null, "", `#${this.written}`);
    this.draw();
    this.make();
  }

  // The worker.

  work() {
    this.tell(...(this.note ?? ["loading"]));
    if (!globalThis.WebAssembly || !globalThis.DecompressionStream || !globalThis.OffscreenCanvas)
      return this.tell("no_browser");
    this.worker = new Worker(globalThis.addresses?.["worker.js"] ?? new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.heard(data);
    this.worker.onerror = () => this.tell("no_browser");
    this.worker.postMessage({ type: "load", files: globalThis.files });
  }

  heard({ type, number, index, rgb, what }) {
    if (type === "trouble") {
      console.error(what);
      this.tell(/\d{3}$|fetch|network/i.test(what) ? "offline" : "no_browser");
    }
    if (type === "ready" && !this.film) this.tell(...(this.note ?? []));
    if (number !== this.job) return;
    if (type === "frame") {
      this.player.put(index, rgb);
      const percent = Math.round((100 * ++this.done) / this.player.frames.length);
      part("progress").value = percent;
      this.tell("making", { percent });
    }
    if (type === "whole") {
      part("progress").hidden = true;
      part("save").disabled = false;
      this.tell(...(this.note ?? ["ready"]));
      document.body.dataset.whole = this.job;
    }
  }

  async shoot(film) {
    part("save").disabled = true;
    try {
      this.film = await film();
    } catch (error) {
      console.warn(error);
      return this.tell("no_film");
    }
    this.worker.postMessage({ type: "clip", ...this.film });
    this.asked = "";
    this.make();
  }

  make() {
    if (!this.film || !this.worker) return;
    const net = this.hand.made(), asked = keyOf([net.cuts, net.tone, net.rack]);
    if (asked === this.asked) return;
    this.asked = asked;
    this.done = 0;
    this.player.begin(frameCount(this.film.frames.length, SLOW));
    part("save").disabled = true;
    Object.assign(part("progress"), { hidden: false, value: 0 });
    this.worker.postMessage({ type: "net", net, slow: SLOW, number: ++this.job });
  }

  async save() {
    part("save").disabled = true;
    this.tell("saving");
    const video = await this.player.record();
    part("save").disabled = false;
    if (!video) return this.tell("no_browser");
    this.tell(...(this.note ?? ["ready"]));
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(video), download: video.name,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }
}

const page = new Page();
page.start().catch((error) => {
  console.error(error);
  part("told").textContent = "☹";
});
