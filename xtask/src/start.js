// Starts the small program at once, and the whole one when a page needs what the small one leaves out. Where a program
// does not start, or ends by a mistake of its own, the page says so: its words wait in templates of index.html.

const say = (id) => {
  const template = document.getElementById(id);
  if (!template || document.querySelector("dialog.stopped")) return;
  const dialog = template.content.firstElementChild.cloneNode(true);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
};

// A place of the page opens anew only by loading it.
const leads = (element, href) => {
  if (element.localName === "a") element.href = href;
  element.onclick = (event) => {
    event.preventDefault();
    history.replaceState(null, "", href);
    location.reload();
  };
};

// The address with another moment; a packed one holds its moment inside.
const at = (moment) => {
  const [place, rest] = location.hash.split("?");
  if (!moment || !place.startsWith("#/")) return location.href;
  const others = (rest ?? "").split("&").filter((part) => part && !part.startsWith("at="));
  return location.pathname + location.search + place + "?" + [...others, "at=" + moment].join("&");
};

const crashed = ({ error, reason }) => {
  if (!((error ?? reason) instanceof WebAssembly.RuntimeError)) return;
  const { trying, good } = document.getElementById("app").dataset;
  const dialog = say("crashed");
  if (!dialog) return;
  const link = dialog.querySelector(".crash-link");
  leads(link, at(trying));
  link.textContent = link.href;
  leads(dialog.querySelector(".crash-on"), at(good));
  leads(dialog.querySelector(".crash-start"), "#/");
};
addEventListener("error", crashed);
addEventListener("unhandledrejection", crashed);

globalThis.replscopeWhole = async (leave, failed) => {
  // For whoever waits until it is all there.
  const root = document.documentElement;
  root.dataset.fetching = "";
  try {
    const [whole, answer] = await Promise.all([import("./WHOLE.js"), fetch("./WHOLE_bg.wasm")]);
    if (!answer.ok) throw new Error(answer.status);
    const program = await WebAssembly.compile(await answer.arrayBuffer());
    // What is on screen stays, as a picture, until the whole program draws it anew.
    const app = document.getElementById("app");
    const picture = app.cloneNode(true);
    leave();
    app.replaceWith(picture);
    await whole.default({ module_or_path: program });
  } catch (why) {
    failed(why);
  }
  delete root.dataset.fetching;
};

globalThis.replscopePictures = async (done) => {
  const answer = await fetch("./PICTURES").catch(() => undefined);
  if (answer?.ok) done(await answer.text());
};

try {
  const first = await import("./FIRST.js");
  await first.default({ module_or_path: "./FIRST_bg.wasm" });
} catch (why) {
  const dialog = say("not-started");
  if (dialog) leads(dialog.querySelector(".crash-on"), location.href);
  console.warn(why);
}

// A page within somebody else's page keeps nothing on the reader's device; one without an origin of its own may not.
const isEmbedded = new URLSearchParams(location.search).has("embed");
if (!isEmbedded && origin !== "null" && navigator.serviceWorker) import("./OFFLINE");
