// What opens: the frame, its place on the page and the messages to and from it. Loaded by loader.js at the first intent.
const HELLO_MS = 1000;
const READY_MS = 15000;
const KEYBOARD_PX = 120;
const DOWN = "M5.75 9 12 15.25 18.25 9";
const phone = matchMedia("(max-width: 480px), (pointer: coarse) and (max-height: 480px)");
const page = document.documentElement;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.root { --surface: light-dark(#fff, #16181d); color: light-dark(#171b24, #e9ecf2); font: 400 15px/24px -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif }
.root * { box-sizing: border-box }
.badge { position: absolute; inset-block-start: -6px; inset-inline-end: -6px; min-inline-size: 22px; padding-inline: 6px; border-radius: 11px; background: #c8322b; color: #fff; font-size: 12px; font-weight: 600; line-height: 22px; text-align: center; box-shadow: 0 0 0 2px var(--surface) }
.panel { position: absolute; inset: auto 0 72px auto; inline-size: 400px; block-size: min(680px, 100dvh - 120px); max-inline-size: calc(100vw - 48px); border-radius: 20px; overflow: hidden; background: var(--surface); visibility: hidden; opacity: 0; translate: 0 4px;
  box-shadow: 0 0 0 1px light-dark(#171b240f, #ffffff14), 0 4px 8px light-dark(#171b240a, #0004), 0 24px 64px light-dark(#171b2430, #000a) }
.left > .panel { left: 0; right: auto }
.top > .panel { top: 72px; bottom: auto }
.open > .panel { visibility: visible; opacity: 1; translate: none }
.veil { position: fixed; inset: 0; background: light-dark(#171b2466, #0008); visibility: hidden; touch-action: none }
.sheet.open > .veil { visibility: visible }
.sheet.open > .launch { display: none }
.sheet > .panel { position: fixed; inset: 8px 0 auto; inline-size: auto; max-inline-size: none; padding-block-end: env(safe-area-inset-bottom); border-radius: 20px 20px 0 0 }
.sheet.keys > .panel { padding: 0; border-radius: 0 }
.inline { position: relative; inset: auto; z-index: auto; block-size: 100%; min-block-size: 320px }
.inline > .panel { inset: 0; inline-size: auto; block-size: auto; max-inline-size: none; border: 1px solid light-dark(#e2e6ed, #2e333d); border-radius: 16px; box-shadow: none }
.whole { z-index: 2147483000 }
.whole > .panel { position: fixed; inset: 0; inline-size: auto; block-size: auto; max-inline-size: none; border: 0; border-radius: 0 }
iframe { display: block; inline-size: 100%; block-size: 100%; border: 0 }
.failed { display: grid; gap: 8px; margin: 0; padding: 24px }
.failed a { color: inherit; font-weight: 600 }
@media (forced-colors: active) { .panel { border: 1px solid } }
@media not (prefers-reduced-motion) { .open > .panel { transition: opacity .2s cubic-bezier(.2, .8, .2, 1), translate .2s cubic-bezier(.2, .8, .2, 1) } }`);

const make = (tag, className) => Object.assign(document.createElement(tag), { className });

/** The panel of one element. `told(name, detail)` reports ready, unread, error and what the frame tells. */
export class Panel {
  #element; #root; #config; #base; #wanted; #told; #launch; #icon; #chat;
  #node = make("div", "panel");
  #badge = make("span", "badge");
  #frame = null;
  #queue = [];
  #ready = false;
  #failed = false;
  #whole = false;
  #full;
  #unread = 0;
  #timer = 0;
  #before = null;
  #session = null;
  #lang = "";
  #overflow;
  #calls = null;

  constructor({ element, root, config, base, signal, wanted, told }) {
    this.#element = element;
    this.#root = root;
    this.#config = config;
    this.#base = base;
    this.#wanted = wanted;
    this.#told = told;
    this.#full = root.classList.contains("whole"); // the layout, not a maximized panel: it has no launcher to come back by
    this.#launch = root.querySelector(".launch");
    this.#icon = root.querySelector("path");
    this.#chat = this.#icon.getAttribute("d");
    const { shadowRoot } = element;
    if (!shadowRoot.adoptedStyleSheets.includes(sheet)) shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, sheet];
    const veil = make("div", "veil");
    veil.onclick = () => element.hide();
    root.prepend(veil, this.#node);
    root.addEventListener("keydown", ({ key }) => key === "Escape" && element.hide());
    this.#launch.append(this.#badge);
    const fit = () => this.#fit();
    for (const name of ["resize", "scroll"]) visualViewport.addEventListener(name, fit, { signal });
    phone.addEventListener("change", fit, { signal });
    addEventListener("message", (event) => this.#receive(event), { signal });
    const languages = new MutationObserver(() => this.#frame && this.post("language", { lang: wanted() }));
    languages.observe(element, { attributeFilter: ["language"] });
    languages.observe(page, { attributeFilter: ["lang"] });
    signal.addEventListener("abort", () => {
      languages.disconnect();
      clearTimeout(this.#timer);
      this.#calls?.then((calls) => calls.stop());
    });
    this.#paint();
  }

  /** Makes the frame, unseen until it says that it is ready. */
  boot() {
    if (this.#frame) return;
    const frame = (this.#frame = document.createElement("iframe"));
    this.#failed = false;
    frame.title = this.#config.strings.chat;
    frame.allow = "clipboard-write";
    frame.src = `${this.#base}${this.#config.frame}?lang=${encodeURIComponent(this.#lang || this.#wanted())}`;
    // A refused frame fires load too, and never error: then nobody answers to the first message.
    frame.onload = async () => {
      this.#ready = false;
      const functions = await this.#described();
      if (frame !== this.#frame) return;
      this.#say("init", {
        ...this.#layout(),
        theme: this.#element.getAttribute("theme"),
        placeholder: this.#element.getAttribute("placeholder"),
        session: this.#session,
        unread: this.#unread,
        functions,
        page: { url: location.origin + location.pathname, title: document.title },
      });
      this.#wait(HELLO_MS, "refused");
    };
    this.#node.replaceChildren(frame);
    this.#wait(READY_MS, "failed");
  }

  /** @param {boolean} focus whether the focus goes into the panel */
  show(focus) {
    const active = document.activeElement;
    this.#before = focus && active !== document.body && active !== this.#element ? active : null;
    this.boot();
    this.#paint();
    this.post("open", { focus });
    if (focus) this.#frame.focus();
  }

  /** @param {boolean} focus whether the focus goes back to where it came from */
  hide(focus) {
    const inside = this.#element.shadowRoot.activeElement === this.#frame;
    this.#whole = false;
    this.#root.classList.toggle("whole", this.#full);
    if (this.#ready) this.#say("close");
    this.#paint();
    if (focus && inside) (this.#before?.isConnected ? this.#before : this.#launch).focus();
  }

  /** @param {boolean} whole maximized or back */
  size(whole) {
    this.#whole = whole;
    this.#root.classList.toggle("whole", whole || this.#full);
    this.#fit();
  }

  /** Sends a message to the frame as soon as it is ready. */
  post(type, data) {
    if (this.#ready) return this.#say(type, data);
    this.#queue.push([type, data]);
    this.boot();
  }

  /** The page registered functions, or withdrew some. */
  async offer() {
    this.#calls?.then((calls) => calls.changed());
    const functions = await this.#described();
    if (this.#frame) this.post("functions", { functions });
  }

  /** What the bot is told of the page's functions. */
  async #described() {
    const { functions } = this.#element;
    if (!Object.keys(functions).length) return [];
    try {
      const { told, faults } = (await import("./functions.js")).describe(functions);
      for (const message of faults) this.#told("error", { code: "functions", message });
      return told;
    } catch ({ message }) {
      this.#told("error", { code: "functions", message });
      return [];
    }
  }

  /** Runs a function of the page; the first call brings what it takes. */
  #run(call) {
    this.#calls ||= import("./functions.js").then(({ Calls }) => {
      return new Calls(() => this.#element.functions, (answer) => this.#ready && this.#say("result", answer));
    });
    this.#calls.then((calls) => calls.run(call)).catch(({ message }) => {
      this.#calls = null;
      this.#say("result", { call: call.call, error: message });
    });
  }

  #say(type, data) {
    this.#frame?.contentWindow?.postMessage({ type: `cw:${type}`, ...data }, this.#base);
  }

  #receive({ origin, source, data }) {
    if (origin !== this.#base || !source || source !== this.#frame?.contentWindow) return;
    if (data.type === "cw:hello") this.#wait(READY_MS, "failed");
    else if (data.type === "cw:ready") this.#arrived(data.language);
    else if (data.type === "cw:away") this.#away(data.lang);
    else if (data.type === "cw:close") this.#leave();
    else if (data.type === "cw:size") this.size(data.whole);
    else if (data.type === "cw:call") this.#run(data);
    else if (data.type === "cw:callEnd") this.#calls?.then((calls) => calls.end(data.call));
    else if (data.type === "cw:session") this.#session = data.session;
    else if (data.type === "cw:event") {
      if (data.name === "unread") this.#unread = data.detail.count;
      this.#paint();
      this.#told(data.name, data.detail);
    }
  }

  #leave() {
    if (this.#full) return;
    if (this.#root.classList.contains("inline")) this.size(false);
    else this.#element.hide();
  }

  /** The frame loads itself again, in another language; `lang` where the visitor chose it. */
  #away(lang) {
    this.#lang = lang || this.#lang;
    this.#ready = false;
    if (this.#element.open) this.#queue.push(["open", {}]);
    this.#wait(READY_MS, "failed");
  }

  /** The words outside the frame follow it. */
  async #speak(language) {
    if (language === this.#config.language) return;
    const answer = await fetch(new URL(`launcher.json?lang=${language}`, this.#base + this.#config.frame), { credentials: "omit" });
    if (!answer.ok) return;
    const { strings } = await answer.json();
    Object.assign(this.#config, { strings, language });
    this.#root.lang = language;
    if (this.#frame) this.#frame.title = strings.chat;
    this.#paint();
  }

  #arrived(language) {
    clearTimeout(this.#timer);
    this.#ready = true;
    this.#paint();
    for (const [type, data] of this.#queue.splice(0)) {
      this.#say(type, data);
      if (data?.focus && this.#element.open) this.#frame.focus();
    }
    this.#told("ready");
    this.#speak(language).catch(() => {}); // the words that are there can be read too
  }

  #wait(ms, code) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { strings, id } = this.#config;
      const card = make("p", "failed");
      const link = make("a", "");
      link.href = `${this.#base}/integrations/widget/${encodeURIComponent(id)}`;
      link.target = "_blank";
      link.textContent = strings.openPage;
      card.dir = "auto";
      card.append(strings[code], link);
      this.#node.replaceChildren(card);
      this.#frame = null;
      this.#ready = false;
      this.#failed = true;
      this.#paint();
      this.#told("error", { code, message: strings[code] });
    }, ms);
  }

  #layout() {
    const has = (name) => this.#root.classList.contains(name);
    const layout = has("whole") ? "fullscreen" : has("inline") ? "inline" : has("sheet") ? "sheet" : "bubble";
    return { layout, keyboard: has("keys"), maximized: this.#whole };
  }

  #paint() {
    const { strings, language } = this.#config;
    const { open } = this.#element;
    const count = open ? 0 : this.#unread;
    const number = new Intl.NumberFormat(navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language);
    const key = open ? "close" : count ? `unread.${new Intl.PluralRules(language).select(count)}` : "open";
    this.#root.classList.toggle("open", open && (this.#ready || this.#failed));
    this.#icon.setAttribute("d", open ? DOWN : this.#chat);
    this.#launch.ariaLabel = (strings[key] || strings["unread.other"]).replace("{count}", number.format(count));
    this.#launch.ariaExpanded = open;
    this.#badge.textContent = count > 99 ? `${number.format(99)}+` : number.format(count);
    this.#badge.hidden = !count;
    this.#fit();
  }

  /** The frame cannot see the visual viewport, so the sheet is sized from here. */
  #fit() {
    const view = visualViewport;
    if (view.scale > 1.01) return;
    const { classList } = this.#root;
    const { style } = this.#node;
    const small = phone.matches && classList.contains("bubble") && !this.#whole;
    const keys = small && innerHeight - view.height > KEYBOARD_PX;
    const gap = keys ? 0 : 8;
    classList.toggle("sheet", small);
    classList.toggle("keys", keys);
    style.height = small ? `${view.height - gap}px` : "";
    style.top = small ? `${view.offsetTop + gap}px` : "";
    this.#lock(small && this.#element.open);
    if (this.#ready) this.#say("layout", this.#layout());
  }

  /** Keeps the page still under the sheet, unless hiding its scroll bar would shift it. */
  #lock(on) {
    if (on && this.#overflow === undefined && innerWidth === page.clientWidth) {
      this.#overflow = page.style.overflow;
      page.style.overflow = "hidden";
    } else if (!on && this.#overflow !== undefined) {
      page.style.overflow = this.#overflow;
      this.#overflow = undefined;
    }
  }
}
