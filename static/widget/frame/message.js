import { Blocks } from "./blocks.js";
import { config, el, icon, setIcon, t } from "./page.js";

const COPIED_MS = 2000;
const locale = navigator.languages.find((tag) => tag.startsWith(config.language)) ?? config.language;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const coded = (key, otherwise) => t(key in config.strings ? key : otherwise);

/** A button that is words. */
export const textButton = (key, click) => el("button", { type: "button", class: "tbtn", click }, t(key));

const iconButton = (name, key, click) => el("button", { type: "button", class: "ib", "aria-label": t(key), click }, icon(name));

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
  update({ row, entry, last, offline }) {
    const { failed, hold } = entry ?? {};
    const state = [!entry, failed, hold, last, offline].join();
    if (state === this.#state) return;
    this.#state = state;
    this.#bubble.textContent = row.text;
    this.node.className = failed ? "user fail" : entry && (hold || offline) ? "user wait" : "user";
    const [name, words] = failed ? ["warning", coded(`failed.${failed}`, "notSent")] : entry ? ["clock", coded(`hold.${hold}`, offline ? "waitingNetwork" : "sending")] : ["check", t("sent")];
    this.#meta.replaceChildren(icon(name, "i s"), words);
    if (failed) this.#meta.append(" ·", textButton("retry", () => this.#actions.retryEntry(entry)), textButton("delete", () => this.#actions.deleteEntry(entry)));
    if (entry || last) this.node.append(this.#meta);
    else this.#meta.remove();
  }
}

/** An answer: what the bot is doing, its text, its end, sources, actions. */
export class BotMessage {
  #actions;
  /** @type {Row} */
  #row;
  #time = el("time");
  #act = el("p", { class: "act" });
  #text = el("div", { class: "md", dir: "auto" });
  #note = el("div");
  #sources = el("ol", { class: "src", "aria-label": t("sources") });
  #buttons = el("div", { class: "acts" }, iconButton("copy", "copy", ({ currentTarget }) => copy(currentTarget, this.text)));
  #votes = [iconButton("thumb-up", "good", () => this.#actions.vote(this.#row, 1)), iconButton("thumb-down", "bad", () => this.#actions.vote(this.#row, -1))];
  #blocks = new Blocks(this.#text);
  node = el("article", { class: "bot" }, el("header", { class: "by" }, el("span", { class: "ava s" }, icon("bot")), config.botName, " ", this.#time), this.#act, this.#text, this.#note, this.#sources, this.#buttons);

  /** @param {LogActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  get text() {
    return this.#text.innerText;
  }

  /** @param {Item} item */
  update({ row, blocks, activity }) {
    const { status, createdAt, sources = [], vote, id } = row;
    const open = status === "open";
    this.#row = row;
    this.node.classList.toggle("open", open);
    this.#time.textContent = clock.format(createdAt);
    this.#blocks.show(blocks);
    this.#tell(open && !blocks.length, activity);
    this.#end(row);
    if (this.#sources.childElementCount !== sources.length) this.#sources.replaceChildren(...sources.map(source));
    this.#sources.hidden = !sources.length;
    if (open) return;
    const chips = this.#text.lastElementChild;
    if (chips?.matches(".chips")) this.#buttons.after(chips);
    if (id !== "initial") this.#buttons.append(...this.#votes);
    this.#votes.forEach((button, n) => button.setAttribute("aria-pressed", `${vote === 1 - 2 * n}`));
  }

  #tell(waiting, activity) {
    this.#act.hidden = !waiting && !activity;
    if (this.#act.hidden) return;
    const busy = waiting && !activity?.done;
    this.#act.replaceChildren(busy ? el("span", { class: "spin" }) : icon("check", "i s"), activity?.text ?? t("writing"));
  }

  /** How the answer ended, where that is not simply its last word. */
  #end({ status, code }) {
    const failed = status === "failed";
    if (this.#note.dataset.end === status) return;
    this.#note.dataset.end = status;
    this.#note.hidden = !failed && status !== "stopped";
    this.#note.className = failed ? "note danger" : "act";
    if (failed) this.#note.replaceChildren(icon("warning"), el("div", { role: "alert" }, el("p", {}, coded(`broke.${code}`, "brokeOff")), el("p", {}, textButton("tryAgain", () => this.#actions.retryReply(this.#row)))));
    else this.#note.replaceChildren(icon("stop", "i s"), t("stopped"));
  }
}

function source({ title, url }, n) {
  return el("li", {}, el(url ? "a" : "span", { href: url || null, target: "_blank", rel: "noopener noreferrer" }, el("span", { class: "fn" }, `${n + 1}`), title));
}

/** Copies, and says so in the button itself. */
export async function copy(button, text) {
  await navigator.clipboard?.writeText(text).catch(() => {
    const field = el("textarea", {}, text); // refused to this frame
    document.body.append(field);
    /** @type {any} */ (field).select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  });
  const [svg] = button.children;
  const show = (name, word) => {
    setIcon(svg, name);
    if (button.lastChild === svg) button.setAttribute("aria-label", word);
    else button.lastChild.textContent = word;
  };
  show("check", t("copied"));
  setTimeout(() => show("copy", t("copy")), COPIED_MS);
}
