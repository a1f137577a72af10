// Sixteen knobs in the shape of the U: down the left, its bottom, up the right, skips across. Each is
// a slider for whoever has no fingers on glass: arrows, page keys, Home and End.

const SVG = "http://www.w3.org/2000/svg", TURN = 270, PIXELS_A_TURN = 180;

const shape = (name, attributes, ...children) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

// The point of a knob's rim at an amount: it turns clockwise from bottom left to bottom right.
const rim = (amount, radius) => {
  const angle = ((amount - 0.5) * TURN * Math.PI) / 180;
  return [50 + radius * Math.sin(angle), 50 - radius * Math.cos(angle)];
};

const arc = (to) => {
  const [x0, y0] = rim(0, 44), [x1, y1] = rim(Math.max(to, 0.001), 44);
  return `M${x0} ${y0}A44 44 0 ${to * TURN > 180 ? 1 : 0} 1 ${x1} ${y1}`;
};

// Where a layer stands in the grid of three columns: [column, row].
export function placeOf(site) {
  const [, kind, number] = site.split("/")[1].match(/^([a-z]+)(\d*)$/);
  if (kind === "latent") return [2, 6];
  return [{ enc: 1, skip: 2, dec: 3 }[kind], Number(number)];
}

export class Knob {
  // `turned(amount)` is told of every turn, `chosen()` when it is touched.
  constructor(site, turned, chosen) {
    this.site = site;
    this.amount = 0;
    this.turned = turned;
    this.track = shape("path", { class: "track", d: arc(1) });
    this.arc = shape("path", { class: "arc", d: arc(0) });
    this.face = shape("circle", { class: "face", cx: 50, cy: 50, r: 32 });
    this.mark = shape("line", { class: "mark", x1: 50, y1: 50, x2: 50, y2: 50 });
    this.label = document.createElement("span");
    this.element = document.createElement("div");
    this.element.className = "knob";
    this.element.append(
      shape("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" },
        this.track, this.arc, this.face, this.mark),
      this.label,
    );
    const [column, row] = placeOf(site);
    Object.assign(this.element.style, { gridColumn: column, gridRow: row });
    for (const [key, value] of [["role", "slider"], ["tabindex", "0"], ["aria-valuemin", "0"],
      ["aria-valuemax", "100"]]) this.element.setAttribute(key, value);
    this.element.dataset.site = site;
    this.listen(chosen);
  }

  listen(chosen) {
    let from = null;
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      from = { x: event.clientX, y: event.clientY, amount: this.amount };
      chosen();
    });
    this.element.addEventListener("pointermove", (event) => {
      if (!from) return;
      const far = from.y - event.clientY + event.clientX - from.x; // up or to the right
      this.turned(Math.min(1, Math.max(0, from.amount + far / PIXELS_A_TURN)));
    });
    for (const end of ["pointerup", "pointercancel"])
      this.element.addEventListener(end, () => { from = null; });
    this.element.addEventListener("focus", chosen);
    this.element.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowLeft: -0.02,
        PageUp: 0.2, PageDown: -0.2, Home: -1, End: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.turned(Math.min(1, Math.max(0, this.amount + step)));
    });
  }

  show(amount, colour, words, chosen) {
    this.amount = amount;
    this.arc.setAttribute("d", arc(amount));
    this.arc.style.visibility = amount > 0 ? "visible" : "hidden";
    this.face.style.fill = amount > 0 ? colour : "#fff";
    const [x, y] = rim(amount, 28);
    this.mark.setAttribute("x2", x);
    this.mark.setAttribute("y2", y);
    this.label.textContent = words.short;
    this.element.setAttribute("aria-label", words.long);
    this.element.setAttribute("aria-valuenow", Math.round(100 * amount));
    this.element.setAttribute("aria-valuetext", `${Math.round(100 * amount)} %`);
    this.element.classList.toggle("chosen", chosen);
  }
}
