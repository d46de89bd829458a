// Starts the small program at once, and the whole one when a page needs what the small one leaves out.
import first from "./FIRST.js";

globalThis.replscopeWhole = async (leave, failed) => {
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
};

globalThis.replscopePictures = async (done) => {
  const answer = await fetch("./PICTURES").catch(() => undefined);
  if (answer?.ok) done(await answer.text());
};

await first({ module_or_path: "./FIRST_bg.wasm" });

// A page within somebody else's page keeps nothing on the reader's device; one without an origin of its own may not.
const isEmbedded = new URLSearchParams(location.search).has("embed");
if (!isEmbedded && origin !== "null" && navigator.serviceWorker) import("./OFFLINE");
