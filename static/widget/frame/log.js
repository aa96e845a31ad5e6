import { parse } from "./blocks.js";
import { BotMessage, UserMessage } from "./message.js";
import { clone, config, durable, el, icon, locale, t } from "./page.js";

const calendar = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });

function dayName(ms) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(ms).setHours(0, 0, 0, 0)) / 864e5);
  return days > 1 ? calendar.format(ms) : t(days ? "yesterday" : "today");
}

const STILL = {
  day: ({ text }) => el("p", { class: "day" }, text),
  activity: ({ row }) => el("p", { class: "act" }, icon("check"), row.text),
  lost: () => el("p", { class: "day" }, t("notKept")),
  ended: () => clone("ended-note"),
  skeleton: () => clone("skeleton-note"),
  intro: () => {
    const node = clone("intro-note");
    const text = config.introHtml ? parse(config.introHtml) : [el("h2", {}, t("greeting", { name: config.botName }))];
    node.querySelector(".md").append(...text);
    for (const ask of config.suggestions) node.lastElementChild.append(el("button", { type: "button", dir: "auto", "data-reply": ask }, ask, icon("chevron-right", "i flip")));
    return node;
  },
};

/** One node a key, kept in place for as long as its key is there. */
export class Log {
  #node;
  #actions;
  /** @type {Map<string, any>} */
  #parts = new Map();
  constructor(node, actions) {
    this.#node = node;
    this.#actions = actions;
  }

  /** Returns the nodes that are new. @param {Item[]} items */
  show(items) {
    const keys = new Set(items.map(({ key }) => key));
    for (const [key, { node }] of this.#parts) {
      if (keys.has(key)) continue;
      node.remove();
      this.#parts.delete(key);
    }
    const fresh = [];
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
  part(key) {
    return this.#parts.get(key);
  }

  #make(item) {
    if (item.kind === "user") return new UserMessage(this.#actions);
    if (item.kind === "bot") return new BotMessage(this.#actions);
    return { node: item.node ?? STILL[item.kind](item) };
  }
}

/** Everything the log shows, in order. @returns {Item[]} */
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
    for (const row of rows.list) add(itemOf(talk, row, n));
    items.push({ key: `ended ${n}`, kind: "ended" });
  });
  const { contact } = talk;
  for (const row of talk.rows.list) {
    if (row.status !== "queued") add(itemOf(talk, row));
    if (row.id === contact?.row && (row === talk.rows.list.at(-1) || contact.busy())) items.push({ key: contact.key, kind: "card", node: contact.node });
  }
  for (const entry of talk.outbox.entries) {
    add({ key: entry.cid, kind: "user", entry, offline: talk.status === "offline", row: { text: entry.text, createdAt: entry.at } });
  }
  for (const position of talk.replies.keys()) if (!talk.rows.at(position)) add(itemOf(talk, talk.row(position)));
  for (const [key, node] of talk.asks) items.push({ key, kind: "card", node });
  const last = items.findLast(({ kind, entry }) => kind === "user" && !entry);
  if (last) last.last = true;
  if (items.length && !durable) items.unshift({ key: "lost", kind: "lost" });
  if (items.length) return items;
  if (talk.loading) return [{ key: "skeleton", kind: "skeleton" }];
  const { initial, initialHtml, intro } = config;
  if (intro || !initial) items.push({ key: "intro", kind: "intro" });
  if (initial) add({ key: "initial", kind: "bot", blocks: [initialHtml], row: { id: "initial", status: "done", createdAt: Date.now() } });
  return items;
}

/** `n` counts the conversations on the screen, each has positions of its own. @returns {Item} */
export function itemOf(talk, row, n = talk.past.length) {
  const { id, cid, type, status, position, attempt, html } = row;
  if (type !== "bot") return { key: cid ?? id, kind: type, row };
  const reply = n === talk.past.length && talk.replies.get(position);
  const growing = reply && status === "open" && reply.attempt >= attempt;
  const held = reply && reply.blocks.join("") === html;
  return { key: `${n} ${position}`, kind: "bot", row, blocks: growing || held ? reply.blocks : html ? [html] : [], activity: talk.activities.get(id), reasoning: talk.reasoning.get(id)?.text };
}
