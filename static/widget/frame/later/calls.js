import { config, el, t } from "../page.js";

const KEPT = 100;
/** What the visitor has said, for a call that comes again. @type {Map<string, boolean>} */
const said = new Map();

/** Arguments as a visitor can read them. */
function listOf(args = {}) {
  const list = el("dl");
  for (const [name, value] of Object.entries(args)) {
    list.append(el("dt", { dir: "auto" }, name), el("dd", { dir: "auto" }, typeof value === "string" ? value : JSON.stringify(value, null, 1)));
  }
  return list;
}

/** May the bot do this? @param {CallFrame} frame */
function cardOf({ call, name, text = name, args }, answer) {
  const title = el("h3", { id: `ask-${call}` }, t("ask.title", { name: config.botName }));
  const button = (key, yes) => {
    const node = el("button", { type: "button", class: yes ? "btn pri" : "btn" }, t(key));
    node.onclick = () => answer(yes);
    return node;
  };
  const card = el("section", { class: "card", "aria-labelledby": title.id }, title, el("p", { dir: "auto" }, text));
  if (Object.keys(args ?? {}).length) card.append(listOf(args));
  card.append(el("div", { class: "row" }, button("notNow", false), button("ask.allow", true)));
  return card;
}

/** Hands a call to the page or the visitor, and takes it back. @param {CallFrame} frame */
export function take(frame, talk, { post, say, draw, show }) {
  const { type, call, name, args, timeoutMs, confirm } = frame;
  const reply = (answer) => talk.socket.send({ type: "result", call, ...answer });
  if (type === "callEnd") {
    post("callEnd", { call });
    if (talk.asks.delete(call)) draw();
  } else if (!confirm) {
    if (parent === window) reply({ error: `The page has no function ${name}.` });
    else post("call", { call, name, args, timeoutMs });
  } else if (said.has(call)) reply({ result: said.get(call) });
  else if (!talk.asks.has(call)) {
    const answer = (yes) => {
      said.set(call, yes);
      if (said.size > KEPT) said.delete(said.keys().next().value);
      reply({ result: yes });
      talk.asks.delete(call);
      draw();
    };
    const card = cardOf(frame, answer);
    talk.asks.set(call, card);
    draw();
    queueMicrotask(show);
    say(() => `${t("ask.title", { name: config.botName })} ${frame.text || name}`);
  }
}
