// A plain script, that also runs where the page is opened from a disk: there browsers load no
// modules, and nothing would be said. The words cannot be fetched there either, so they are here.

if (location.protocol === "file:") {
  const said = {
    en: "From a disk your browser does not let this page play. Open it by its web address.",
    de: "Von einer Platte lässt dein Browser diese Seite nicht spielen. Öffne sie über ihre Web-Adresse.",
    fr: "Depuis un disque, votre navigateur ne laisse pas jouer cette page. Ouvrez-la par son adresse web.",
    ko: "디스크에서는 브라우저가 이 페이지를 재생하지 못합니다. 웹 주소로 열어 주세요.",
  };
  addEventListener("DOMContentLoaded", () => {
    const language = navigator.languages.map((each) => each.slice(0, 2)).find((each) => each in said) ?? "en";
    document.documentElement.lang = language;
    document.getElementById("told").textContent = said[language];
    for (const id of ["filming", "carving", "taking", "language"]) document.getElementById(id).hidden = true;
  });
}
