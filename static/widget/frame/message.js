import { Blocks } from "./blocks.js";
import { config, t } from "./config.js";
import { el, icon, setIcon } from "./dom.js";

const COPIED_MS = 2000;
const locale = navigator.languages.find((tag) => tag.startsWith(config.language)) ?? config.language;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const words = (key, otherwise) => (key in config.strings ? t(key) : t(otherwise));

/** A button that is words. @param {string} key @param {() => void} click */
export const textButton = (key, click) => el("button", { type: "button", class: "tbtn", click }, t(key));

/** A text of the visitor, with its state below. */
export class UserMessage {
  #actions;
  #state = "";
  #meta = el("p", { class: "meta" });
  #bubble = el("p", { class: "bubble", dir: "auto" });
  node = el("article", { class: "user" }, this.#bubble);

  /** @param {LogActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** @param {Item} item */
  update({ row, entry, last, text }) {
    const state = `${entry ? (entry.failed ?? `wait ${entry.hold} ${text}`) : last}`;
    if (state === this.#state) return;
    this.#state = state;
    this.#bubble.textContent = row.text;
    this.node.className = `user ${entry?.failed ? "fail" : entry && text ? "wait" : ""}`;
    if (entry?.failed) {
      const reason = words(`failed.${entry.failed}`, "notSent");
      this.#meta.replaceChildren(icon("warning", "i s"), `${reason} ·`, textButton("retry", () => this.#actions.retryEntry(entry)), textButton("delete", () => this.#actions.deleteEntry(entry)));
    } else if (entry) this.#meta.replaceChildren(icon("clock", "i s"), words(`hold.${entry.hold}`, text || "sending"));
    else this.#meta.replaceChildren(icon("check", "i s"), t("sent"));
    if (entry || last) this.node.append(this.#meta);
    else this.#meta.remove();
  }
}

/** An answer: text, sources, actions. */
export class BotMessage {
  #actions;
  /** @type {Row} */
  #row;
  #time = el("time");
  #text = el("div", { class: "md", dir: "auto" });
  #act = el("p", { class: "act" });
  #note = el("div", { class: "note danger", role: "alert" });
  #sources = el("ol", { class: "src", "aria-label": t("sources") });
  #buttons = el("div", { class: "acts" });
  #blocks = new Blocks(this.#text);
  #votes = [this.#button("thumb-up", "good", 1), this.#button("thumb-down", "bad", -1)];
  node = el("article", { class: "bot" }, el("header", { class: "by" }, el("span", { class: "ava s" }, icon("bot")), config.botName, " ", this.#time), this.#act, this.#text, this.#buttons);

  /** @param {LogActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#buttons.append(el("button", { type: "button", class: "ib", "aria-label": t("copy"), click: ({ currentTarget }) => copy(currentTarget, this.#text.innerText) }, icon("copy")));
  }

  get text() {
    return this.#text.innerText;
  }

  /** @param {Item} item */
  update({ row, blocks, activity }) {
    const open = row.status === "open";
    this.#row = row;
    this.node.classList.toggle("open", open);
    this.#time.textContent = clock.format(row.createdAt);
    this.#time.dateTime = new Date(row.createdAt).toISOString();
    this.#blocks.show(blocks);
    this.#show(activity, open, blocks.length > 0);
    if (!open) this.#close();
  }

  #show(activity, open, begun) {
    this.#act.hidden = !(activity ? open || begun : open && !begun);
    if (this.#act.hidden) return;
    const running = open && !begun && !activity?.done;
    this.#act.replaceChildren(running ? el("span", { class: "spin" }) : icon("check", "i s"), activity?.text || t("writing"));
  }

  #close() {
    const { status, code, sources = [], vote, id } = this.#row;
    if (status === "failed") {
      this.#note.replaceChildren(icon("warning"), el("div", {}, el("p", {}, words(`broke.${code}`, "brokeOff")), el("p", {}, textButton("tryAgain", () => this.#actions.retryReply(this.#row)))));
      this.#text.after(this.#note);
    } else if (status === "stopped") this.#text.after(el("p", { class: "act" }, icon("stop", "i s"), t("stopped")));
    if (status !== "failed") this.#note.remove();
    if (sources.length && !this.#sources.childElementCount) {
      this.#sources.append(...sources.map(({ title, url }, n) => el("li", {}, el(url ? "a" : "span", { href: url || null, target: "_blank", rel: "noopener noreferrer" }, el("span", { class: "fn" }, `${n + 1}`), title))));
      this.#buttons.before(this.#sources);
    }
    const chips = this.#text.lastElementChild;
    if (chips?.matches(".chips")) this.#buttons.after(chips);
    if (id !== "initial") this.#buttons.append(...this.#votes);
    this.#votes.forEach((button, n) => button.setAttribute("aria-pressed", `${vote === 1 - 2 * n}`));
  }

  #button(name, key, value) {
    return el("button", { type: "button", class: "ib", "aria-label": t(key), click: () => this.#actions.vote(this.#row, value) }, icon(name));
  }
}

/** Copies and says so in the button itself. @param {Element} button @param {string} text */
export async function copy(button, text) {
  await navigator.clipboard?.writeText(text).catch(() => {
    const field = el("textarea", {}, text); // refused in this frame, or plain http
    document.body.append(field);
    /** @type {any} */ (field).select();
    document.execCommand("copy");
    field.remove();
    /** @type {any} */ (button).focus();
  });
  const [svg, label] = [button.firstElementChild, button.lastChild];
  const shown = (name, word) => {
    setIcon(svg, name);
    if (label === svg) button.setAttribute("aria-label", word);
    else label.textContent = word;
  };
  shown("check", t("copied"));
  setTimeout(() => shown("copy", t("copy")), COPIED_MS);
}
