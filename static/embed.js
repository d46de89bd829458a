// <repl-scope lesson="losing-the-link" at="7.214s">: docs/embedding/README.md. Everything that it loads stands beside it.
(() => {
  const home = new URL(".", document.currentScript.src);
  const SWITCHES = ["theme", "controls", "questions", "text", "panels"];
  const PLAIN = ["lesson", "at", "picture", "src", ...SWITCHES];
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{display:block;position:relative;aspect-ratio:18/11;min-height:400px;max-height:640px;overflow:hidden}
:host([hidden]){display:none}
iframe,img,button{position:absolute;inset:0;width:100%;height:100%;border:0}
img{object-fit:contain}
button{background:none;cursor:pointer;font:600 16px system-ui,sans-serif}
span{padding:12px 20px;border-radius:9px;background:#1c1d21;color:#fff}
button:focus-visible span{outline:3px solid #2762c7;outline-offset:3px}`);
  const all = new Set();
  addEventListener("message", ({ source, origin, data }) => {
    for (const one of all) if (origin === home.origin && source && source === one.frame?.contentWindow && data?.version === 1) one.hear(data);
  });
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) if (isIntersecting) target.open();
  }, { rootMargin: "400px" });

  class ReplScope extends HTMLElement {
    static observedAttributes = [...PLAIN, "title"];

    connectedCallback() {
      this.shadow ??= this.attachShadow({ mode: "open" });
      this.shadow.adoptedStyleSheets = [sheet];
      all.add(this);
      this.opened = new Promise((done) => (this.isOpened = done));
      this.still();
      if (this.getAttribute("load") !== "click") near.observe(this);
    }

    disconnectedCallback() {
      near.unobserve(this);
      all.delete(this);
      this.frame = undefined;
      this.shadow.replaceChildren();
    }

    get name() {
      return this.title || `replscope: ${this.lesson ?? "a lesson"}`;
    }

    /** The picture, and what loads the player if nothing else does. */
    still() {
      const make = (tag, more) => Object.assign(document.createElement(tag), more);
      const picture = make("picture");
      const of = (theme) => this.picture ?? new URL(`pictures/${this.lesson}-${theme}.svg`, home).href;
      if (!/light|dark/.test(this.theme)) picture.append(make("source", { media: "(prefers-color-scheme:dark)", srcset: of("dark") }));
      if (this.picture || this.lesson) picture.append(make("img", { alt: this.name, src: of(this.theme === "dark" ? "dark" : "light") }));
      this.shadow.replaceChildren(picture);
      if (this.getAttribute("load") !== "click") return;
      const button = make("button", { type: "button", ariaLabel: `Load ${this.name}`, onclick: () => this.open() });
      button.append(make("span", { textContent: "▶ Step through it" }));
      this.shadow.append(button);
    }

    get address() {
      const query = ["embed", ...SWITCHES.filter((name) => this[name]).map((name) => `${name}=${encodeURIComponent(this[name])}`)];
      return `${home}?${query.join("&")}#/${this.lesson ? `lesson/${this.lesson}${this.at ? `?at=${this.at}` : ""}` : ""}`;
    }

    /** Loads the player. */
    open() {
      if (this.frame || !this.isConnected) return;
      near.unobserve(this);
      this.frame = document.createElement("iframe");
      this.frame.title = this.name;
      this.frame.src = this.address;
      this.frame.onload = () => this.isOpened();
      this.shadow.prepend(this.frame);
      if (this.src) this.bring();
    }

    /** Loads the text of a lesson of the page's own. */
    async bring() {
      try {
        const answer = await fetch(this.src);
        if (!answer.ok) throw new Error(`${this.src}: ${answer.status}`);
        await this.load(await answer.text());
      } catch (why) {
        this.hear({ type: "error", data: { message: String(why) } });
      }
    }

    async order(type, data = {}) {
      this.open();
      await this.opened;
      this.frame?.contentWindow.postMessage({ type, data, version: 1 }, home.origin);
    }

    hear({ type, data }) {
      if (type === "ready" || type === "error") for (const child of [...this.shadow.children]) if (child !== this.frame) child.remove();
      this.dispatchEvent(new CustomEvent(type, { detail: data }));
    }

    attributeChangedCallback(name, was, now) {
      if (!this.shadow || was === now) return;
      if (!this.frame) this.still();
      else if (name === "title") this.frame.title = this.name;
      else if (name === "theme") this.order("theme", { theme: now ?? "auto" });
      else if (name === "at") this.seek(now ?? 0);
      else if (name === "lesson") this.load(now);
      else if (name === "src") this.bring();
      else this.frame.contentWindow.location.replace(this.address);
    }

    seek(at) {
      return this.order("seek", { at });
    }

    /** A lesson's text, or the name of one. */
    load(text) {
      return this.order("load", /\n/.test(text) ? { text } : { lesson: text });
    }
  }
  for (const type of ["play", "pause", "next", "previous"]) ReplScope.prototype[type] = function () { return this.order(type); };
  for (const name of PLAIN)
    Object.defineProperty(ReplScope.prototype, name, {
      get() { return this.getAttribute(name); },
      set(value) { value == null ? this.removeAttribute(name) : this.setAttribute(name, value); },
    });
  customElements.get("repl-scope") ?? customElements.define("repl-scope", ReplScope);
})();
