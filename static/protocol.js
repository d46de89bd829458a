// What passes between an embedded page and the one around it: docs/embedding/protocol.md says it in full.
//
// Rule: whatever comes from outside is checked here, for who sent it, for its shape and its size, before the program hears
// of it. What is left aside is said once on the console. The program is told by events of this window, and tells by
// attributes of the player. Nothing here takes the focus or scrolls.
(() => {
  const VERSION = 1;
  /** The longest lesson text, characters; the program's own limit is one of bytes. */
  const TEXT_MAX = 256 * 1024;
  const QUEUE_MAX = 64;
  const SWITCHES = {
    embed: ["", "1", "true"],
    theme: ["auto", "light", "dark"],
    controls: ["on", "off"],
    questions: ["on", "off"],
    text: ["small", "normal", "large"],
    panels: ["none", "narration", "tape", "wire", "node", "info", "decision", "sequence"],
    origin: ["https://docs.example"],
  };
  const query = new URLSearchParams(location.search);

  const originOf = (text) => {
    try {
      return new URL(text).origin;
    } catch {
      return undefined;
    }
  };
  const isOrigin = (text) => text === "null" || originOf(text) === text;

  const isAccepted = (name, value) => {
    if (!Object.hasOwn(SWITCHES, name)) return false;
    if (name === "origin") return isOrigin(value);
    return (name === "panels" ? value.split(",") : [value]).every((word) => SWITCHES[name].includes(word));
  };
  const unknown = [...query].filter(([name, value]) => !isAccepted(name, value));
  if (unknown.length > 0) {
    const left = unknown.slice(0, 5).map(([name, value]) => `${name}=${value}`.slice(0, 60));
    const accepted = Object.entries(SWITCHES).slice(1).map(([name, values]) => `${name}=${values.join("|")}`);
    console.warn(`replscope: left aside in the address: ${left.join(", ")}. Accepted: ${accepted.join(", ")}.`);
  }
  if (parent === window) return;

  // Who is obeyed and told: the origins that the address names, or else whoever framed this page.
  const named = query.getAll("origin").filter(isOrigin);
  let framer = location.ancestorOrigins?.[0] ?? originOf(document.referrer);
  const mayTalk = (origin) => named.length === 0 || named.includes(origin);

  const tell = (type, data) => {
    if (!framer || !mayTalk(framer)) return;
    // An opaque origin has no name; the window that framed this page is then all that is known of it.
    parent.postMessage({ type, data, version: VERSION }, framer === "null" ? "*" : framer);
  };

  let hasWarned = false;
  const ignore = (why) => {
    if (!hasWarned) console.warn(`replscope: a message was ignored: ${why}. Others like it are ignored without a word.`);
    hasWarned = true;
  };

  /** `7.214s`, `end` or the name of a note; a number is seconds. */
  const moment = (at) => {
    if (typeof at === "number" && at >= 0 && at < 1e6) return `${at.toFixed(6)}s`;
    return typeof at === "string" && /^[A-Za-z0-9.-]{1,64}$/.test(at) ? at : undefined;
  };

  /** A link that carries a text: `v1:p:`, postcard, then base64url (src/story/share.rs). */
  const carried = (file, text) => {
    const packed = [];
    for (const part of [file, text]) {
      const bytes = new TextEncoder().encode(part);
      let size = bytes.length;
      for (; size > 127; size >>= 7) packed.push((size & 127) | 128);
      packed.push(size);
      for (const byte of bytes) packed.push(byte);
    }
    packed.push(0);
    let binary = "";
    for (let at = 0; at < packed.length; at += 4096) binary += String.fromCharCode(...packed.slice(at, at + 4096));
    return "#v1:p:" + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  let isReady = false;
  let waiting = [];
  /** The lesson that was asked for and is not there yet, and how many texts were. */
  let awaited;
  let texts = 0;
  const order = (name, detail) => {
    if (isReady) dispatchEvent(new CustomEvent(`replscope-${name}`, { detail }));
    else if (waiting.length < QUEUE_MAX) waiting.push([name, detail]);
  };

  /** Goes there without an entry in the history that the page around this one has too. */
  const go = (hash) => {
    history.replaceState(null, "", hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
  };

  /** Where it was before it was told to load something else. */
  let left;
  const load = ({ lesson, text, at }) => {
    const to = at === undefined ? undefined : moment(at);
    if (at !== undefined && !to) return "`at` is no moment";
    let hash;
    if (typeof text === "string" && text.length <= TEXT_MAX) {
      awaited = `text-${++texts}`;
      hash = carried(`${awaited}.txt`, text);
    } else if (typeof lesson === "string" && /^[a-z0-9-]{1,64}$/.test(lesson)) {
      awaited = lesson;
      hash = `#/lesson/${lesson}${to ? `?at=${to}` : ""}`;
    } else return `it takes \`lesson\`, a name, or \`text\` of at most ${TEXT_MAX} characters`;
    isReady = false;
    waiting = text && to ? [["seek", to]] : [];
    left = location.hash;
    go(hash);
    lookSoon();
  };

  /** What each order does; it returns what is wrong with it, if anything. */
  const ORDERS = {
    hello: () => {
      if (isReady) tell("ready", state());
    },
    play: () => order("play"),
    pause: () => order("pause"),
    next: () => order("next"),
    previous: () => order("previous"),
    seek: ({ at }) => {
      const to = moment(at);
      if (!to) return "`at` is no moment: 7.214s, a number of seconds, the name of a note, or end";
      order("seek", to);
    },
    load,
    theme: ({ theme }) => {
      if (!SWITCHES.theme.includes(theme)) return "`theme` is auto, light or dark";
      document.documentElement.dataset.theme = theme;
    },
  };

  addEventListener("message", ({ data: message, origin, source }) => {
    if (source !== parent) return ignore("it is not from the page around this one");
    if (!mayTalk(origin) || (named.length === 0 && framer && origin !== framer)) return ignore("its origin is not the embedder's");
    if (typeof message !== "object" || message === null) return ignore("it is no object of type, data and version");
    const { type, data, version } = message;
    if (version !== VERSION) return ignore(`its version is not ${VERSION}`);
    if (typeof type !== "string" || !Object.hasOwn(ORDERS, type)) return ignore(`its type is none of ${Object.keys(ORDERS).join(", ")}`);
    framer = origin;
    const wrong = ORDERS[type](typeof data === "object" && data !== null ? data : {});
    if (wrong) ignore(`of type ${type}: ${wrong}`);
  });

  // What the player says of itself.
  const player = () => document.querySelector(".player[data-at]")?.dataset;
  const state = () => {
    const { lesson, title, at, step, steps, playing, ended } = player();
    return { lesson, title, at, step: +step, steps: +steps, playing: playing !== undefined, ended: ended !== undefined };
  };
  let last = {};
  const look = () => {
    const error = document.querySelector("[role=alert] p")?.textContent ?? "";
    if (error && error !== last.error) {
      tell("error", { message: error });
      // What was there before stays, or comes back.
      if (awaited && !player()) go(left);
      awaited = undefined;
    }
    last.error = error;
    const now = player();
    if (!now || (awaited && now.lesson !== awaited)) return;
    awaited = undefined;
    const is = { ...state(), answer: now.answer };
    if (!isReady) {
      isReady = true;
      last = { ...is, error };
      tell("ready", state());
      // From now on it is told at once.
      waiting.splice(0).forEach(([name, detail]) => order(name, detail));
      order(isSeen ? "show" : "hide");
      return;
    }
    const was = last;
    last = { ...is, error };
    if (["at", "step", "title", "playing", "lesson"].some((name) => is[name] !== was[name])) tell("step", state());
    if (is.ended && !was.ended) tell("end", state());
    if (is.answer && is.answer !== was.answer) {
      const [question, outcome] = is.answer.split(" ");
      tell("answer", { question: +question, outcome });
    }
  };
  let isLooking = false;
  // A turn later, when the program listens too.
  const lookSoon = () => {
    if (!isLooking) setTimeout(() => ((isLooking = false), look()));
    isLooking = true;
  };
  const attributeFilter = ["data-at", "data-playing", "data-ended", "data-title", "data-answer"];
  new MutationObserver(lookSoon).observe(document, { subtree: true, childList: true, attributeFilter });

  // Out of sight nothing moves.
  let isSeen = true;
  new IntersectionObserver((entries) => {
    isSeen = entries[entries.length - 1].isIntersecting;
    if (isReady) order(isSeen ? "show" : "hide");
  }).observe(document.documentElement);
})();
