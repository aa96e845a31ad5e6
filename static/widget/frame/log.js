import { parse } from "./blocks.js";
import { BotMessage, textButton, UserMessage } from "./message.js";
import { config, el, icon, t } from "./page.js";

const day = new Intl.DateTimeFormat(config.language, { weekday: "long", day: "numeric", month: "long" });

function dayName(ms) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(ms).setHours(0, 0, 0, 0)) / 864e5);
  return days === 0 ? t("today") : days === 1 ? t("yesterday") : day.format(ms);
}

/** Parts that never change once drawn. @type {Record<string, (item: Item, actions: LogActions) => Element>} */
const STILL = {
  day: ({ text }) => el("p", { class: "day" }, text),
  activity: ({ row }) => el("p", { class: "act" }, icon("check", "i s"), row.text),
  ended: (item, { restart, download }) => el("div", { class: "note" }, icon("clock"), el("div", {}, el("p", {}, t("ended")), el("p", {}, textButton("startNow", restart), textButton("keepCopy", download)))),
  intro: (item, { send }) => {
    const text = el("div", { class: "md", dir: "auto" });
    text.append(...(config.introHtml ? parse(config.introHtml) : [el("h2", {}, t("greeting", { name: config.botName }))]));
    const asks = config.suggestions.map((ask) => el("button", { type: "button", click: () => send(ask) }, el("span", { dir: "auto" }, ask), icon("chevron-right", "i flip")));
    return el("div", { class: "intro" }, el("div", {}, el("span", { class: "ava l" }, icon("bot")), text), el("div", { class: "asks" }, ...asks));
  },
  skeleton: () => {
    const line = (name) => el("span", { class: `sk ${name}` });
    const bot = (...lines) => el("div", { class: "bot" }, el("p", { class: "by" }, line("ava"), line("w2")), ...lines.map(line));
    return el("div", { "aria-label": t("loading") }, el("div", { class: "user" }, line("bubble")), bot("", "w9", "w7"), el("div", { class: "user" }, line("bubble w4")), bot("w9", "", "w4"));
  },
};

/** The list of messages: one node a key, kept in place for as long as its key is there. */
export class Log {
  #node;
  #actions;
  /** @type {Map<string, { kind: string, node: Element, update?: (item: Item) => void, text?: string }>} */
  #parts = new Map();

  /** @param {Element} node @param {LogActions} actions */
  constructor(node, actions) {
    this.#node = node;
    this.#actions = actions;
  }

  /** @param {Item[]} items @returns {Element[]} nodes that are new */
  show(items) {
    const keys = new Set(items.map(({ key }) => key));
    const fresh = [];
    for (const [key, { node }] of this.#parts) {
      if (keys.has(key)) continue;
      node.remove();
      this.#parts.delete(key);
    }
    let next = this.#node.firstElementChild;
    for (const item of items) {
      let part = this.#parts.get(item.key);
      if (!part) {
        this.#parts.set(item.key, (part = this.#make(item)));
        fresh.push(part.node);
      }
      part.update?.(item);
      if (part.node === next) next = next.nextElementSibling;
      else this.#node.insertBefore(part.node, next);
    }
    return fresh;
  }

  /** Draws one item again. @param {Item} item */
  grow(item) {
    this.#parts.get(item.key)?.update(item);
  }

  /** @param {string} key */
  part(key) {
    return this.#parts.get(key);
  }

  #make(item) {
    const { kind } = item;
    if (kind === "user") return Object.assign(new UserMessage(this.#actions), { kind });
    if (kind === "bot") return Object.assign(new BotMessage(this.#actions), { kind });
    return { kind, node: STILL[kind](item, this.#actions) };
  }
}

/** Everything the log shows, in order. @param {import("./conversation.js").Conversation} talk @returns {Item[]} */
export function itemsOf(talk) {
  /** @type {Item[]} */
  const items = [];
  let date = "";
  const add = (item) => {
    const text = dayName(item.row.createdAt);
    if (text !== date) items.push({ key: `day ${text}`, kind: "day", text: (date = text) });
    items.push(item);
  };
  talk.past.forEach((rows, n) => {
    for (const row of rows.list) add(botOrUser(talk, row));
    items.push({ key: `ended ${n}`, kind: "ended" });
  });
  for (const row of talk.rows.list) if (row.status !== "queued") add(botOrUser(talk, row));
  for (const entry of talk.outbox.entries) {
    add({ key: entry.cid, kind: "user", entry, offline: talk.status === "offline", row: { text: entry.text, createdAt: entry.at } });
  }
  for (const [id] of talk.replies) if (!talk.rows.get(id)) add(botOrUser(talk, { id, type: "bot", status: "open", createdAt: Date.now() }));
  const user = items.findLast(({ kind, entry }) => kind === "user" && !entry);
  if (user) user.last = true;
  if (items.length) return items;
  if (talk.loading) return [{ key: "skeleton", kind: "skeleton" }];
  if (config.intro || !config.initial) items.push({ key: "intro", kind: "intro" });
  if (config.initial) items.push({ key: "initial", kind: "bot", blocks: [config.initialHtml], row: /** @type {any} */ ({ id: "initial", status: "done", createdAt: Date.now() }) });
  return items;
}

/** @returns {Item} */
export function botOrUser(talk, row) {
  if (row.type !== "bot") return { key: row.cid ?? row.id, kind: row.type, row };
  const reply = talk.replies.get(row.id);
  const own = row.blocks ?? (row.html ? [row.html] : []);
  const growing = row.status === "open" && reply?.rev && reply.attempt >= (row.attempt ?? 0);
  const same = !row.blocks && reply?.blocks.join("") === row.html;
  return { key: row.id, kind: "bot", row, blocks: growing || same ? reply.blocks : own, activity: talk.activities.get(row.id) };
}
