// Has the page kept on the reader's device, says when there is a new version, and takes files that the system opens with it.
const { serviceWorker, connection } = navigator;

globalThis.launchQueue?.setConsumer(async ({ files }) => {
  if (!files.length) return;
  globalThis.replscopeFile = await files[0].getFile();
  dispatchEvent(new Event("replscope-file"));
});

// Where nothing may be kept, or the reader saves data, the page goes on without.
if (!connection?.saveData) serviceWorker.register("./service-worker.js").then(watch, () => {});

function watch(registration) {
  const offer = () => {
    // The very first version takes nobody's place.
    if (!registration.waiting || !serviceWorker.controller) return;
    globalThis.replscopeUpdate = () => takeOver(registration);
    dispatchEvent(new Event("replscope-update"));
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing.addEventListener("statechange", offer));
}

// Only the window in which it was asked for is loaded again; others keep the program that they run.
function takeOver({ waiting }) {
  if (!waiting) return location.reload();
  serviceWorker.addEventListener("controllerchange", () => location.reload());
  waiting.postMessage("take over");
}
