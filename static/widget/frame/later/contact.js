import { config, el, icon, keep, recall, t } from "../page.js";

const KEY = "contact";
const field = (id, label, attributes) => [el("label", { for: id }, ...label), el("input", { id, class: "field", ...attributes })];

/** Asks for the visitor's address below an answer, once a conversation. @param {Row} row */
export function offer(row, talk, { say, draw }) {
  const { conversationId } = talk.session.current ?? {};
  if (talk.contact || !conversationId || recall(KEY) === conversationId) return;
  const [nameLabel, name] = field("contact-name", [t("contact.name"), el("i", {}, ` (${t("optional")})`)], { autocomplete: "name", maxlength: "100", dir: "auto" });
  const [emailLabel, email] = field("contact-email", [t("contact.email")], { type: "email", autocomplete: "email", maxlength: "254", required: "", "aria-describedby": "contact-error" });
  const words = el("span");
  const error = el("p", { class: "err", id: "contact-error", role: "alert" }, icon("warning"), words);
  const skip = el("button", { type: "button", class: "btn" }, t("notNow"));
  const save = el("button", { class: "btn pri" }, t("send"));
  const title = el("h3", { id: "contact-title" }, t("contact.title"));
  const node = el("form", { class: "card", novalidate: "", "aria-labelledby": title.id }, title, el("p", {}, t("contact.text", { name: config.botName })));
  let sending = false;
  let over = false;

  const wrong = (key) => {
    error.hidden = !key;
    email.ariaInvalid = `${key === "contact.invalid"}`;
    words.textContent = key ? t(key) : "";
    if (key) email.focus();
    draw();
  };
  wrong("");
  node.append(el("div", { class: "f" }, nameLabel, name), el("div", { class: "f" }, emailLabel, email, error), el("div", { class: "row" }, skip, save));
  email.oninput = () => email.validity.valid && wrong("");
  skip.onclick = () => {
    keep(KEY, conversationId);
    talk.contact = null;
    draw();
  };
  node.onsubmit = async (event) => {
    event.preventDefault();
    if (sending) return;
    if (!email.validity.valid) return wrong("contact.invalid");
    sending = true;
    wrong("");
    try {
      await talk.session.contact({ name: name.value.trim(), email: email.value.trim() });
      keep(KEY, conversationId);
      over = true;
      const thanks = el("div", { class: "note" }, icon("check", "i"), el("p", { dir: "auto" }, t("contact.thanks", { email: email.value.trim() })));
      talk.contact = talk.contact?.node === node ? { ...talk.contact, key: "thanks", node: thanks } : talk.contact;
      draw();
      say(() => thanks.textContent);
    } catch ({ status }) {
      wrong(status === 400 ? "contact.invalid" : "contact.failed");
    }
    sending = false;
  };
  talk.contact = { key: "contact", row: row.id, node, busy: () => over || sending || Boolean(name.value || email.value) };
  draw();
}
