// A plain script, for where the page is opened from a disk: there browsers load neither modules nor
// files by address. What the page is made of then comes in `disk-files.js` (`uglynet gallery web`
// writes it), and gets addresses that are good for as long as the page is open. Without that file
// the page says in words that it wants a web address; they cannot be fetched, so they are here.

const SAID = {
  en: "From a disk your browser does not let this page play. Open it by its web address.",
  de: "Von einer Platte lässt dein Browser diese Seite nicht spielen. Öffne sie über ihre Web-Adresse.",
  fr: "Depuis un disque, votre navigateur ne laisse pas jouer cette page. Ouvrez-la par son adresse web.",
  ko: "디스크에서는 브라우저가 이 페이지를 재생하지 못해요. 웹 주소로 열어 주세요.",
};

function sayThatItCannot() {
  const language = navigator.languages.map((each) => each.slice(0, 2)).find((each) => each in SAID) ?? "en";
  document.documentElement.lang = language;
  document.getElementById("told").textContent = SAID[language];
  for (const id of ["filming", "carving", "taking", "language"]) document.getElementById(id).hidden = true;
}

const bytesOfText = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// A module's text as an address; a worker of a page from a disk may import no other kind.
function addressOfText(text) {
  const bytes = new TextEncoder().encode(text);
  let letters = "";
  for (let at = 0; at < bytes.length; at += 0x8000)
    letters += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `data:text/javascript;base64,${btoa(letters)}`;
}

// Addresses of the page's modules: each once, with the addresses of what it imports put in.
function modulesOf(texts) {
  const known = {};
  const addressOf = (name, before = "") => {
    known[name] ??= addressOfText(before + texts[name].replace(
      /(\bfrom\s*)"\.\/([^"]+)"/g, (_, from, other) => `${from}"${addressOf(other)}"`,
    ));
    return known[name];
  };
  return addressOf;
}

function playFromDisk({ texts, bytes }) {
  const addressOf = modulesOf(texts);
  const addresses = {};
  for (const name of Object.keys(texts))
    if (name.startsWith("made/")) addresses[name.replace("made/", "")] = addressOf(name);
  const before = `globalThis.addresses = ${JSON.stringify(addresses)};\n`;
  addresses["worker.js"] = addressOf("worker.js", before);
  globalThis.addresses = addresses;
  globalThis.files = Object.fromEntries(
    Object.entries(bytes).map(([name, text]) => [name.replace("made/", ""), bytesOfText(text)]),
  );
  const page = document.createElement("script");
  page.type = "module";
  page.src = addressOf("play.js");
  page.addEventListener("error", sayThatItCannot);
  document.head.append(page);
}

if (location.protocol === "file:") {
  addEventListener("DOMContentLoaded", () => {
    document.getElementById("told").textContent = "…"; // it is large, and comes from a stick
    const files = document.createElement("script");
    files.src = "disk-files.js";
    files.addEventListener("load", () => playFromDisk(globalThis.disk));
    files.addEventListener("error", sayThatItCannot);
    document.head.append(files);
  });
}
