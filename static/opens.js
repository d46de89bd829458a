// What the address says of the look is done before anything is painted; an embedded page shows the picture of its lesson at
// once, and loads what it talks to its embedder with.
(function () {
  var root = document.documentElement, query = new URLSearchParams(location.search);
  ["theme", "controls", "text"].forEach(function (name) {
    var value = query.get(name);
    if (value && value !== "auto") root.dataset[name] = value;
  });
  if (!query.has("embed")) return;
  root.dataset.embed = "";
  var picture = new Image();
  picture.className = "before";
  picture.alt = "";
  var lesson = /^#\/lesson\/([a-z0-9-]+)/.exec(location.hash);
  var isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  if (lesson) picture.src = "./pictures/" + lesson[1] + (isDark ? "-dark.svg" : "-light.svg");
  var protocol = document.createElement("script");
  protocol.src = "./protocol.js";
  document.head.append(protocol);
  new MutationObserver(function (_, observer) {
    if (!document.body) return;
    if (lesson) document.body.append(picture);
    observer.disconnect();
  }).observe(root, { childList: true });
})();
