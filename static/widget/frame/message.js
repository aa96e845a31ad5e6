import { Blocks } from "./blocks.js";
import { clone, config, el, firstOf, icon, locale, setIcon, t } from "./page.js";

const COPIED_MS = 2000;
const FINAL = /^(budget|no_model|provider_key|refused|too_long)$/; // another try would end the same
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });

/** A text of the visitor, with its state below. */
export class UserMessage {
  node = clone("user-message");
  #actions;
  #state = "";
  constructor(actions) {
    this.#actions = actions;
  }
  update({ row, entry, last, offline }) {
    const { failed, hold } = entry ?? {};
    const state = [!entry, failed, hold, last, offline].join();
    if (state === this.#state) return;
    this.#state = state;
    const [bubble, meta] = this.node.children;
    bubble.textContent = row.text;
    meta.hidden = !entry && !last;
    this.node.className = failed ? "user fail" : entry && (hold || offline) ? "user wait" : "user";
    if (failed) meta.replaceChildren(icon("warning"), `${firstOf(`failed.${failed}`, "notSent")} ·`, this.#button("retry", entry), this.#button("delete", entry));
    else if (entry) meta.replaceChildren(icon("clock"), firstOf(`hold.${hold}`, offline ? "waitingNetwork" : "sending"));
    else meta.replaceChildren(icon("check"), t("sent"));
  }

  #button(key, entry) {
    const button = el("button", { type: "button", class: "tbtn" }, t(key));
    button.onclick = () => this.#actions[key](entry);
    return button;
  }
}

/** An answer: what the bot is doing, its text, how it ended, sources, actions. */
export class BotMessage {
  node = clone("bot-message");
  #parts = [...this.node.children];
  #blocks = new Blocks(this.#parts[3]);
  /** @type {Row} */
  #row;
  constructor(actions) {
    this.#parts[0].children[1].textContent = config.botName;
    const [copier, up, down] = this.#parts[7].children;
    copier.onclick = () => copy(copier, this.text);
    up.onclick = () => actions.vote(this.#row, 1);
    down.onclick = () => actions.vote(this.#row, -1);
    this.#parts[5].querySelector("button").onclick = () => actions.again(this.#row);
  }

  get text() {
    return this.#parts[3].innerText;
  }
  update({ row, blocks, activity, reasoning = "" }) {
    const { status, code, createdAt, sources = [], vote, id } = row;
    const [by, act, fold, text, ending, broken, list, buttons] = this.#parts;
    const thought = fold.lastElementChild;
    const open = status === "open";
    const end = status === "done" ? `cut.${code}` : status;
    this.#row = row;
    this.node.classList.toggle("open", open);
    by.lastElementChild.textContent = clock.format(createdAt);
    this.#blocks.show(blocks);
    this.#tell(act, text, status, activity);
    fold.hidden = !reasoning;
    if (thought.textContent !== reasoning) thought.textContent = reasoning;
    ending.hidden = !(end in config.strings);
    ending.lastElementChild.textContent = t(end);
    broken.hidden = status !== "failed";
    broken.querySelector("p").textContent = firstOf(`broke.${code}`, "brokeOff");
    broken.querySelector("button").parentNode.hidden = FINAL.test(code);
    if (list.childElementCount !== sources.length) list.replaceChildren(...sources.map(source));
    list.hidden = !sources.length;
    [...buttons.children].forEach((button, n) => {
      button.hidden = Boolean(n && id === "initial");
      if (n) button.ariaPressed = `${vote === 3 - 2 * n}`;
    });
    if (!open && text.lastElementChild?.matches(".chips")) buttons.after(text.lastElementChild);
  }

  /** What the bot is doing: above the text, or below it where the text had begun. */
  #tell(act, text, status, activity) {
    const open = status === "open";
    const begun = text.hasChildNodes();
    const hidden = activity ? !open && !(activity.done && status === "done") : !open || begun;
    if (act.hidden && !hidden && begun) text.after(act);
    act.hidden = hidden;
    if (hidden) return;
    const busy = open && !activity?.done;
    const key = activity ? `activity.${activity.kind}${busy ? "" : ".done"}` : "writing";
    act.replaceChildren(busy ? el("span", { class: "spin" }) : icon("check"), key in config.strings ? t(key, activity) : activity.text);
  }
}

function source({ title, url }, n) {
  const link = url ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }) : el("span");
  link.append(el("span", { class: "fn" }, `${n + 1}`), title);
  return el("li", {}, link);
}

/** Copies, and says so in the button itself. */
export async function copy(button, text) {
  await navigator.clipboard?.writeText(text).catch(() => {
    const field = el("textarea", {}, text); // refused to this frame
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  });
  const say = (name, word) => {
    setIcon(button.firstElementChild, name);
    if (button.ariaLabel) button.ariaLabel = word;
    else button.lastChild.textContent = word;
  };
  say("check", t("copied"));
  setTimeout(() => say("copy", t("copy")), COPIED_MS);
}
