import { clone, config, el, icon, keep, recall, t } from "../page.js";

const CONTACT = "contact";
/** What the visitor has said, for a call that comes again. @type {Map<string, boolean>} */
const said = new Map();

/** Hands a call to the page or the visitor, and takes it back. @param {CallFrame} frame */
export function called(frame, talk, { bridge, say, draw, scroll }) {
  const { type, call, name, args = {}, timeoutMs, text, confirm } = frame;
  const answer = (outcome) => talk.socket.send({ type: "result", call, ...outcome });
  if (type === "callEnd") {
    bridge.post("callEnd", { call });
    if (talk.asks.delete(call)) draw();
  } else if (!confirm) {
    if (parent === window) answer({ error: `The page has no function ${name}.` });
    else bridge.post("call", { call, name, args, timeoutMs });
  } else if (said.has(call)) answer({ result: said.get(call) });
  else if (!talk.asks.has(call)) {
    const card = clone("ask-card");
    const [title, what, list, buttons] = card.children;
    const decide = (yes) => {
      said.set(call, yes);
      answer({ result: yes });
      talk.asks.delete(call);
      draw();
    };
    card.ariaLabel = title.textContent = t("ask.title", { name: config.botName });
    what.textContent = text || name;
    for (const key in args) {
      const value = args[key];
      list.append(el("dt", {}, key), el("dd", { dir: "auto" }, typeof value === "string" ? value : JSON.stringify(value, null, 1)));
    }
    [...buttons.children].forEach((button, n) => (button.onclick = () => decide(n > 0)));
    talk.asks.set(call, card);
    draw();
    queueMicrotask(() => scroll.toCard());
    say(() => `${title.textContent} ${what.textContent}`);
  }
}

/** Asks for the visitor's address below an answer, once a conversation. @param {Row} row */
export function contact(row, talk, { say, draw }) {
  const { conversationId } = talk.session.current ?? {};
  if (talk.contact || !conversationId || recall(CONTACT) === conversationId) return;
  const node = clone("contact-form");
  const [name, email] = node.querySelectorAll("input");
  const error = node.querySelector(".err");
  let kept = false;
  const done = (next) => {
    keep(CONTACT, conversationId);
    talk.contact = next;
    draw();
  };
  const wrong = (key) => {
    error.lastElementChild.textContent = t(key);
    error.hidden = !key;
    email.ariaInvalid = `${key === "contact.invalid"}`;
    if (key) email.focus();
    draw();
  };
  email.oninput = () => email.validity.valid && wrong("");
  node.querySelector("[type=button]").onclick = () => done(null);
  node.onsubmit = async (event) => {
    event.preventDefault();
    if (kept) return;
    if (!email.validity.valid) return wrong("contact.invalid");
    kept = true;
    wrong("");
    try {
      await talk.session.own("contact/upsert", { name: name.value.trim(), email: email.value.trim() });
      const thanks = el("div", { class: "note" }, icon("check", "i"), el("p", {}, t("contact.thanks", { email: email.value.trim() })));
      if (talk.contact === card) done({ ...card, key: "thanks", node: thanks });
      say(() => thanks.textContent);
    } catch ({ status }) {
      kept = false;
      wrong(status === 400 ? "contact.invalid" : "contact.failed");
    }
  };
  const card = (talk.contact = { key: CONTACT, row: row.id, node, busy: () => kept || name.value || email.value });
  draw();
}
