import { alone, Bridge } from "./bridge.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Head } from "./head.js";
import { botOrUser, itemsOf, Log } from "./log.js";
import { copy } from "./message.js";
import { byId, config, t } from "./page.js";
import { Scroll } from "./scroll.js";
import { durable, watch } from "./storage.js";

const SAID_MS = 200;
const root = document.documentElement;
const panel = byId("panel");
const said = byId("said");
let shown = false;
let unread = 0;
let drawing = false;

const talk = new Conversation({ changed: draw, grew, received, kept: (session) => durable || bridge?.post("session", { session }) });
const scroll = new Scroll(byId("log"), byId("jump"));
const composer = new Composer({ send, stop: () => talk.stop() });
const save = () => import("./transcript.js").then(({ download }) => download([...talk.past, talk.rows].flatMap((rows) => rows.list)));
const head = new Head({ restart, download: save, close: () => bridge.post("close"), size: (whole) => bridge.post("size", { whole }) });
const log = new Log(byId("log"), {
  send,
  restart,
  download: save,
  retryEntry: ({ cid, text, at, via }) => (talk.outbox.save({ cid, text, at, via }), talk.connect()),
  deleteEntry: ({ cid }) => talk.outbox.remove(cid),
  retryReply: (row) => talk.retry(row),
  vote: (row, value) => talk.vote(row, value),
});
const bridge = new Bridge({
  init: ({ session, theme, placeholder, page, ...place }) => {
    if (session && !durable && !talk.session.current) talk.session.keep(session);
    if (theme) dress(theme);
    if (placeholder) composer.placeholder = placeholder;
    talk.page = page;
    layout(place);
    begin();
    bridge.post("ready");
  },
  layout,
  open: ({ focus }) => open(focus),
  close: () => (shown = false),
  send: ({ text }) => send(text),
  restart,
  export: save,
});

function begin() {
  root.style.setProperty("--cw-accent", config.theme.accent);
  talk.start();
  watch("session", () => talk.follow());
  draw();
}

function dress(theme) {
  root.dataset.theme = ["dark", "auto"].includes(theme) ? theme : "light";
}

function layout({ layout, keyboard, maximized }) {
  root.dataset.layout = layout;
  root.toggleAttribute("data-keyboard", keyboard);
  root.toggleAttribute("data-maximized", maximized);
  head.whole = maximized;
}

function open(focus) {
  shown = true;
  if (unread) bridge.tell("unread", { count: (unread = 0) });
  if (config.features.startFirst && !talk.session.current) talk.connect();
  if (focus) home();
}

/** Focus for someone who has just opened or sent; on a phone the keyboard stays down. */
function home() {
  if (matchMedia("(pointer: coarse)").matches) panel.focus();
  else composer.focus();
}

function send(text) {
  scroll.toEnd();
  talk.send(text);
  bridge.tell("send", { text });
  if (document.activeElement === document.body) home();
}

function restart() {
  talk.restart();
  bridge.tell("restart");
  home();
}

function received(row) {
  if (!shown && !alone) bridge.tell("unread", { count: ++unread });
  bridge.tell("receive", { id: row.id, text: row.text });
  say(() => log.part(row.id)?.text);
}

/** Told to screen readers: that an answer is being written, then all of it, never its pieces. */
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
    const fresh = log.show(itemsOf(talk));
    const answer = fresh.find((node) => node.matches(".bot.open"));
    head.status = talk.status;
    composer.busy = Boolean(talk.open);
    panel.ariaBusy = `${talk.loading}`;
    if (answer) say(() => t("writingName", { name: config.botName }));
    scroll.settle(answer);
    if (focused !== document.activeElement && shown) home();
  });
}

function grew(id) {
  const row = talk.rows.get(id) ?? { id, type: "bot", status: "open", createdAt: Date.now() };
  log.grow(botOrUser(talk, row));
  scroll.settle();
}

byId("log").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.reply) send(button.dataset.reply);
  if (button && "copy" in button.dataset) copy(button, button.closest("figure").querySelector("pre").innerText);
});

if (alone) {
  shown = true;
  begin();
  if (config.features.startFirst && !talk.session.current) talk.connect();
}
