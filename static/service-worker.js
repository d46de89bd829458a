// After one visit the page works without a network: every file of a version is kept, and served from there.
//
// Rule: a version is kept whole or not at all. Each file must be the very one that was built, so a host on which only some
// files are new, or a connection that breaks, leaves the version before as it is. A new version waits until the reader asks
// for it, or until the last window of the old one is closed.

// The build writes these two: `cargo xtask build`.
const VERSION = "VERSION";
const FILES = [["index.html", "INTEGRITY"]];

const NAMES = new Set(FILES.map(([name]) => name));
// Several pages may share a host, each with versions of its own.
const OURS = `replscope ${registration.scope} `;
const KEPT = OURS + VERSION;
// Under this name a version notes that it was not only kept.
const SERVED = "served";

addEventListener("install", event => event.waitUntil(keep()));
addEventListener("activate", event => event.waitUntil(forget().then(() => clients.claim())));
addEventListener("message", event => {
  if (event.data === "take over") skipWaiting();
});
addEventListener("fetch", event => {
  const name = nameOf(event.request);
  if (name) event.respondWith(answer(event.request, name));
});

async function keep() {
  await caches.delete(KEPT);
  const cache = await caches.open(KEPT);
  try {
    await Promise.all(FILES.map(([name, integrity]) => fetchInto(cache, name, integrity)));
  } catch (why) {
    await caches.delete(KEPT);
    throw why;
  }
}

async function fetchInto(cache, name, integrity) {
  const file = await fetch(new URL(name, registration.scope), { integrity, cache: "no-cache" });
  if (!file.ok) throw new Error(`${name}: ${file.status}`);
  // Made anew, because a page must not come from an answer that a host redirected to.
  await cache.put(name, new Response(await file.blob(), { headers: file.headers }));
}

// The version that served before this one stays: windows that show it may still ask for its files.
async function forget() {
  let before = null;
  for (const name of (await caches.keys()).reverse()) {
    if (!name.startsWith(OURS) || name === KEPT) continue;
    const served = !before && (await (await caches.open(name)).match(SERVED));
    if (served) before = name;
    else await caches.delete(name);
  }
  await (await caches.open(KEPT)).put(SERVED, new Response());
}

// The file that is asked for, if it may be one of ours: a name with a hash may be of the version before.
function nameOf({ method, url }) {
  const [address] = url.split(/[?#]/);
  if (method !== "GET" || !address.startsWith(registration.scope)) return null;
  const name = address.slice(registration.scope.length) || "index.html";
  return NAMES.has(name) || /-[0-9a-f]{16}[._]/.test(name) ? name : null;
}

async function answer(request, name) {
  const kept = await (await caches.open(KEPT)).match(name, { ignoreVary: true });
  if (kept) return kept;
  for (const before of (await caches.keys()).filter(other => other.startsWith(OURS))) {
    const older = await (await caches.open(before)).match(name, { ignoreVary: true });
    if (older) return older;
  }
  return fetch(request);
}
