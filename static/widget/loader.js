// The embed: draws the launcher and fetches panel.js at the first intent. A classic script, shipped as written.
(() => {
  const script = document.currentScript || document.querySelector("script[data-widget]");
  const PLATFORM = new URL(script.src).origin;
  const NAMES = ["chatWidget", "chatbotkitWidget"];
  const ATTRIBUTES = ["host", "open", "layout", "position", "placeholder", "language", "theme", "hidden", "widget"];
  const FUNCTION = /^[a-z_$][\w$-]{0,63}$/i;
  const CHAT = "M7.25 4h9.5a3.75 3.75 0 0 1 3.75 3.75v6a3.75 3.75 0 0 1-3.75 3.75H12.5L8 21v-3.5h-.75a3.75 3.75 0 0 1-3.75-3.75v-6A3.75 3.75 0 0 1 7.25 4ZM8 9h8M8 12.75h5";

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host { all: initial !important; display: contents !important }
:host([hidden]:not([hidden="false"])), [hidden], :is(.inline, .whole) > .launch { display: none !important }
.root { --fill: light-dark(#2f4ea6, #496bc6); --on-fill: #fff; --fill-hover: light-dark(#274390, #3e5cac); --fill-active: light-dark(#20387a, #344e93); position: fixed; z-index: 2147483000; box-sizing: border-box; color-scheme: light }
[data-theme="dark"] { color-scheme: dark } [data-theme="auto"] { color-scheme: light dark }
.bottom { bottom: 24px } .top { top: 24px } .right { right: 24px } .left { left: 24px }
.launch { all: unset; position: relative; display: grid; place-items: center; inline-size: 56px; block-size: 56px; border-radius: 20px; background: var(--fill); color: var(--on-fill); cursor: pointer; -webkit-tap-highlight-color: transparent;
  box-shadow: 0 0 0 1px light-dark(#171b240f, #ffffff14), 0 2px 4px light-dark(#171b240a, #0004), 0 8px 24px light-dark(#171b241a, #0007) }
.launch:hover { background: var(--fill-hover) }
.launch:active { background: var(--fill-active); scale: .97 }
.launch:focus-visible { outline: 2px solid var(--fill); outline-offset: 2px }
img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border-radius: inherit; object-fit: cover }
.open > .launch > img, .root:not(.open) > :has(img) > svg { display: none }
svg { inline-size: 28px; block-size: 28px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round }
@media (forced-colors: active) { .launch { border: 1px solid } }
@media not (prefers-reduced-motion) { .launch { transition: background .12s, scale .12s } }`);

  const svg = (name, key, value) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    node.setAttribute(key, value);
    return node;
  };
  /** The languages to ask for, the wanted one first; the browser's own list goes with each request. */
  const wanted = (element) => [element.getAttribute("language"), document.documentElement.lang].filter(Boolean).join();
  let current = null, arrive;
  const instancePromise = new Promise((resolve) => (arrive = resolve));

  /** One widget on the page. Events: open close ready send receive unread error restart, with the payload in `detail`. */
  class ChatWidget extends HTMLElement {
    static observedAttributes = ["open"];
    #unread = 0; #base; #config; #life; #root; #panel; #drawn; #draw; #focus = false; #resolve; #ready = false; #functions = {};
    readyPromise = new Promise((resolve) => (this.#resolve = resolve));

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.#begin();
    }

    #begin() {
      this.#drawn = new Promise((resolve) => (this.#draw = resolve));
      this.#panel = null;
    }

    connectedCallback() {
      const host = this.getAttribute("host") || PLATFORM;
      this.#base = new URL(host.includes("//") ? host : "https://" + host).origin;
      this.#life = new AbortController();
      this.#load(this.#life.signal);
      if (current) return;
      arrive((current = this));
      for (const name of NAMES) dispatchEvent(new CustomEvent(name + "Init", { detail: { instance: this } }));
    }

    disconnectedCallback() {
      this.open = false;
      this.#life.abort();
      this.#root?.remove();
      this.#ready = false;
      this.#begin();
      if (current === this) current = null;
    }

    attributeChangedCallback(name, old) {
      if (this.open === ((old ?? "false") !== "false")) return;
      this.#do(this.open ? "show" : "hide", this.#focus);
      this.#focus = false;
      this.#emit(this.open ? "open" : "close");
    }

    get open() { return (this.getAttribute("open") ?? "false") !== "false"; }
    set open(value) { value ? this.setAttribute("open", "") : this.removeAttribute("open"); }
    get ready() { return this.#ready; }
    get unread() { return this.#unread; }
    get functions() { return { ...this.#functions }; }

    show(open = true) { this.#focus = open !== this.open; this.open = open; }
    hide() { this.show(false); }
    maximize() { this.show(); this.#do("size", true); }
    minimize() { this.#do("size", false); }
    sendMessage({ text }) { this.#do("post", "send", { text: String(text) }); }
    restartConversation() { this.#do("post", "restart"); }
    exportConversation() { this.#do("post", "export"); }
    unregisterFunctions(names) { this.#offer(Object.entries(this.#functions).filter(([name]) => ![names].flat().includes(name))); }
    destroy() { this.remove(); }

    /** Functions of the page for the bot, by name: `{description, parameters, handler | result: {data}}`. Throws where one is none. */
    registerFunctions(map) {
      for (const name in map) {
        const { handler, result } = map[name];
        if (!FUNCTION.test(name) || (result ? !("data" in result) : typeof handler !== "function")) throw TypeError(`No function: ${name}`);
      }
      JSON.stringify(map); // what cannot travel throws here, where its author sees it
      this.#offer(Object.entries({ ...this.#functions, ...map }));
    }

    #offer(functions) {
      this.#functions = Object.fromEntries(functions);
      if (this.#panel) this.#do("offer");
    }

    /** `data` is for listeners of older embeds. */
    #emit(name, detail = {}) {
      this.dispatchEvent(Object.assign(new CustomEvent(name, { detail }), { data: detail }));
    }

    /** The one request before the first intent. */
    async #load(signal) {
      try {
        const answer = await fetch(`${this.#base}/integrations/widget/${encodeURIComponent(this.getAttribute("widget"))}/launcher.json?lang=${encodeURIComponent(wanted(this))}`, { credentials: "omit", signal });
        if (!answer.ok) throw Error("launcher.json: " + answer.status);
        this.#config = await answer.json();
        if (this.#config.enabled && !signal.aborted) this.#show();
      } catch ({ message }) {
        if (!signal.aborted) this.#emit("error", { code: "config", message });
      }
    }

    #show() {
      const { layout, position, theme, strings, icon, language } = this.#config;
      const kind = this.getAttribute("layout") || layout;
      const corner = this.getAttribute("position") || position;
      const rtl = getComputedStyle(document.documentElement).direction === "rtl";
      const root = (this.#root = document.createElement("div"));
      // "right" is the end of the line: a page that reads from right to left gets the mirror image.
      root.classList.add("root", /top/.test(corner) ? "top" : "bottom", /left/.test(corner) === rtl ? "right" : "left");
      root.classList.add(kind === "inline" ? kind : /full/.test(kind) ? "whole" : "bubble");
      root.dataset.theme = this.getAttribute("theme") || theme.name;
      root.dir = rtl ? "rtl" : "ltr";
      root.lang = language;
      const { light, dark } = theme.colors || {};
      for (const name in light) root.style.setProperty("--" + name, `light-dark(${light[name]}, ${dark[name]})`);
      const launch = document.createElement("button");
      launch.className = "launch";
      launch.ariaLabel = strings.open;
      launch.append(svg("svg", "viewBox", "0 0 24 24"));
      launch.firstChild.append(svg("path", "d", CHAT));
      if (icon) {
        const picture = new Image();
        picture.alt = "";
        picture.onerror = () => picture.remove(); // the page's policy may forbid it
        picture.src = this.#base + icon;
        launch.append(picture);
      }
      for (const intent of ["pointerenter", "focus", "pointerdown"]) launch.addEventListener(intent, () => this.#do("boot"), { once: true });
      launch.onclick = () => this.show(!this.open);
      root.append(launch);
      this.shadowRoot.append(root);
      this.#draw();
      if (root.matches(".inline, .whole")) this.open = true;
    }

    #told(name, detail) {
      if (name === "ready") this.#resolve(this, (this.#ready = true));
      if (name === "unread") this.#unread = detail.count;
      this.#emit(name, detail);
    }

    /** Calls the panel, which comes with the first call; the order of calls is kept. */
    #do(name, ...values) {
      this.#panel ||= this.#drawn
        .then(() => import(this.#base + this.#config.panel))
        .then(({ Panel }) => new Panel({ element: this, root: this.#root, config: this.#config, base: this.#base, signal: this.#life.signal, wanted: () => wanted(this), told: (name, detail) => this.#told(name, detail) }));
      this.#panel.then((panel) => panel[name](...values)).catch(({ message }) => {
        this.#panel = null;
        this.#emit("error", { code: "panel", message });
      });
    }
  }

  const known = customElements.get("chat-widget");
  if (!known) {
    const value = Object.freeze({ instancePromise, get instance() { return current; } });
    for (const name of NAMES) if (!(name in window)) Object.defineProperty(window, name, { value, enumerable: true });
    customElements.define("chat-widget", ChatWidget);
    customElements.define("chatbotkit-widget", class extends ChatWidget {});
  }
  const { widget } = script.dataset;
  if (widget && !document.querySelector(`chat-widget[widget="${CSS.escape(widget)}"]`)) {
    const element = document.createElement("chat-widget");
    if (known) element.setAttribute("host", PLATFORM);
    for (const name of ATTRIBUTES) if (name in script.dataset) element.setAttribute(name, script.dataset[name]);
    document.documentElement.append(element);
  }
})();
