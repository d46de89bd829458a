// <repl-scope lesson="losing-the-link" at="7.214s">: docs/embedding/README.md. Everything that it loads stands beside it.
(() => {
  const home = new URL(".", document.currentScript.src);
  const switches = ["theme", "controls", "questions", "text", "panels"];
  const names = ["lesson", "at", "link", "picture", "src", ...switches];
  // A sheet that is made by script is none that a Content-Security-Policy forbids.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{display:block;position:relative;aspect-ratio:18/11;min-height:400px;max-height:640px}
:host([hidden]){display:none}
*{position:absolute;inset:0;width:100%;height:100%;border:0}
img{object-fit:contain}
button{margin:auto;width:12em;height:3em;border-radius:9px;background:#1c1d21;color:#fff;font:inherit}`);
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  const near = new IntersectionObserver((seen) => seen.forEach((it) => it.isIntersecting && it.target.open()), { rootMargin: "400px" });

  class ReplScope extends HTMLElement {
    static observedAttributes = [...names, "title"];

    connectedCallback() {
      this.inner ??= this.attachShadow({ mode: "open" });
      this.inner.adoptedStyleSheets = [sheet];
      addEventListener("message", this);
      this.there = new Promise((done) => (this.isThere = done));
      this.still();
      if (!this.waits) near.observe(this);
    }

    disconnectedCallback() {
      near.unobserve(this);
      removeEventListener("message", this);
      this.frame = undefined;
      this.inner.replaceChildren();
    }

    /** It is loaded by a click, and not before. */
    get waits() {
      return this.getAttribute("load") === "click";
    }

    get name() {
      return this.title || `replscope: ${this.lesson}`;
    }

    /** The picture, and what loads the player if nothing else does. */
    still() {
      const { picture, lesson, theme } = this;
      const isDark = /light|dark/.test(theme) ? theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
      const src = picture ?? `${home}pictures/${lesson}-${isDark ? "dark" : "light"}.svg`;
      this.inner.replaceChildren(...(picture || lesson ? [make("img", { alt: this.name, src })] : []));
      if (!this.waits) return;
      const textContent = "▶ Step through it";
      this.inner.append(make("button", { textContent, title: this.name, onclick: () => this.open() }));
    }

    get address() {
      const { lesson, at, link } = this;
      const query = switches.filter((name) => this[name]).map((name) => `&${name}=${this[name]}`);
      return `${home}?embed${query.join("")}${link ?? `#/${lesson ? "lesson/" + lesson : ""}${at ? "?at=" + at : ""}`}`;
    }

    /** Loads the player. */
    open() {
      if (this.frame || !this.isConnected) return;
      near.unobserve(this);
      this.frame = make("iframe", { title: this.name, src: this.address, onload: () => this.isThere() });
      this.inner.prepend(this.frame);
      this.bring();
    }

    /** Loads the text of a lesson of the page's own. */
    async bring() {
      const { src } = this;
      if (!src) return;
      const answer = await fetch(src).catch(() => {});
      if (answer?.ok) this.load(await answer.text());
      else this.hear({ type: "error", data: { message: `${src} does not load` } });
    }

    async order(type, data = {}) {
      this.open();
      await this.there;
      this.frame?.contentWindow.postMessage({ type, data, version: 1 }, home.origin);
    }

    handleEvent({ source, origin, data }) {
      if (origin === home.origin && source === this.frame?.contentWindow && data?.version === 1) this.hear(data);
    }

    hear({ type, data }) {
      // Whatever it says, it is there.
      this.inner.querySelectorAll("img,button").forEach((it) => it.remove());
      this.dispatchEvent(new CustomEvent(type, { detail: data }));
    }

    attributeChangedCallback(name, was, now) {
      if (!this.inner || was === now) return;
      if (!this.frame) this.still();
      else if (name === "title") this.frame.title = this.name;
      else if (name === "theme") this.order(name, { theme: now ?? "auto" });
      else if (name === "at") this.seek(now ?? 0);
      else if (name === "lesson") this.load(now);
      else if (name === "src") this.bring();
      else if (name !== "picture") this.frame.contentWindow.location.replace(this.address);
    }

    seek(at) {
      return this.order("seek", { at });
    }

    /** A lesson's text, or the name of one. */
    load(text) {
      return this.order("load", /\n/.test(text) ? { text } : { lesson: text });
    }
  }
  const own = ReplScope.prototype;
  for (const type of ["play", "pause", "next", "previous"]) own[type] = function () { return this.order(type); };
  for (const name of names) {
    const get = function () { return this.getAttribute(name); };
    const set = function (value) { value == null ? this.removeAttribute(name) : this.setAttribute(name, value); };
    Object.defineProperty(own, name, { get, set });
  }
  customElements.get("repl-scope") ?? customElements.define("repl-scope", ReplScope);
})();
