import { alone, Bridge } from "./bridge.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Head } from "./head.js";
import { itemOf, itemsOf, Log } from "./log.js";
import { copy } from "./message.js";
import { asked, byId, config, durable, focused, keep, move, recall, t, watch } from "./page.js";
import { Scroll } from "./scroll.js";

const SAID_MS = 200;
const root = document.documentElement;
const said = byId("said");
let shown = alone;
let unread = 0;
let drawing = false;
/** The languages of the page that comes in the place of this one, as soon as the server can be reached. */
let wish = "";

const talk = new Conversation({ changed: draw, grew, received, called: (frame) => later("called", frame), kept: (session) => durable || bridge.post("session", { session }) });
const scroll = new Scroll(byId("log"), byId("jump"));
const composer = new Composer({ send, stop: () => talk.stop() });
const head = new Head({ restart, download, language, close: () => bridge.post("close"), size: (whole) => bridge.post("size", { whole }) });
const log = new Log(byId("log"), {
  retry: ({ cid, text, at, via }) => {
    talk.outbox.save({ cid, text, at, via });
    talk.delivery.connect();
  },
  delete: ({ cid }) => talk.outbox.remove(cid),
  again: (row) => talk.retry(row),
  vote: (row, value) => talk.vote(row, value),
});
const bridge = new Bridge({
  init: (place) => {
    const { session, theme, placeholder, page, functions } = place;
    if (session && !durable) talk.session.keep(session);
    if (theme) root.dataset.theme = /^(dark|auto)$/.test(theme) ? theme : "light";
    if (placeholder) composer.placeholder = placeholder;
    talk.page = page;
    talk.functions = functions;
    ({ unread } = place);
    layout(place);
    begin();
    bridge.post("ready", { language: config.language });
  },
  layout,
  language: ({ lang }) => {
    if (!recall("language") && lang !== asked) translate(lang);
  },
  open: ({ focus }) => {
    shown = true;
    if (unread) bridge.tell("unread", { count: (unread = 0) });
    greet();
    if (focus) home();
  },
  close: () => (shown = false),
  send: ({ text }) => send(text),
  restart,
  export: download,
  functions: ({ functions }) => talk.offer(functions),
  result: (answer) => talk.socket.send({ ...answer, type: "result" }),
});

function begin() {
  const { light, dark } = config.theme.colors ?? {};
  for (const name in light) root.style.setProperty(`--cw-${name}`, `light-dark(${light[name]}, ${dark[name]})`);
  talk.start();
  watch("session", () => talk.follow());
  draw();
  if (focused) byId(focused)?.focus();
}

/** The visitor's choice, from now on before any other. */
function language(code) {
  keep("language", code);
  if (code !== config.language) translate(`${code},`);
}

function translate(list) {
  wish = list;
  draw();
}

function greet() {
  if (config.features.startFirst && !talk.session.current) talk.delivery.connect();
}

function layout({ layout, keyboard, maximized }) {
  root.dataset.layout = layout;
  root.toggleAttribute("data-keyboard", keyboard);
  root.toggleAttribute("data-maximized", maximized);
  head.whole = maximized;
}

/** On a phone the keyboard stays down. */
function home() {
  if (matchMedia("(pointer: coarse)").matches) byId("panel").focus();
  else composer.focus();
}

function send(text) {
  scroll.toEnd();
  talk.send(text);
  bridge.tell("send", { text });
}

function restart() {
  talk.restart();
  bridge.tell("restart");
  home();
}

async function download() {
  const transcript = await import("./later/transcript.js");
  const { items } = await talk.session.history().catch(() => ({ items: [] })); // offline, or ended: then what is shown
  const raw = Object.fromEntries(items.map(({ id, text }) => [id, text]));
  transcript.download([...talk.past, talk.rows].flatMap((rows, n) => rows.list.map((row) => ({ ...row, text: raw[row.id] ?? words(row, n) }))));
}

/** What only some conversations have; in the order in which it is asked for. */
async function later(name, detail) {
  (await import("./later/cards.js"))[name](detail, talk, { bridge, say, draw, scroll });
}

function received(row) {
  if (!shown) bridge.tell("unread", { count: ++unread });
  setTimeout(() => bridge.tell("receive", { id: row.id, text: words(row) }));
  say(() => words(row));
}

/** What a row says; the raw text of a reply that was streamed is not sent. */
function words(row, n) {
  return row.text ?? log.part(itemOf(talk, row, n).key)?.text ?? "";
}

/** For screen readers: that an answer is being written, then all of it, never its pieces. */
function say(words) {
  said.textContent = "";
  setTimeout(() => (said.textContent = words()), SAID_MS);
}

/** One drawing for all changes of a moment. */
function draw() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    const focused = document.activeElement;
    const answer = log.show(itemsOf(talk)).find((node) => node.matches(".bot.open"));
    head.status = talk.status;
    composer.busy = Boolean(talk.open);
    const last = talk.rows.list.at(-1);
    if (last?.code === "unknown" && byId("contact-form")) later("contact", last);
    if (answer) say(() => t("writingName", { name: config.botName }));
    scroll.settle(answer);
    if (wish && !/line|connect/.test(talk.status)) {
      bridge.post("away", { lang: recall("language") && wish });
      move(wish);
      wish = "";
    }
    if (shown && focused !== document.activeElement) home();
  });
}

function grew(row) {
  if (!row) return;
  const item = itemOf(talk, row);
  log.part(item.key)?.update(item);
  scroll.settle();
}

byId("log").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const { reply, copy: code, do: action } = button?.dataset ?? {};
  if (reply) send(reply);
  if (action) ({ restart, download })[action]();
  if (code !== undefined) copy(button, button.closest("figure").querySelector("pre").innerText);
  if (reply || action) home();
});

if (alone) {
  begin();
  greet();
}
