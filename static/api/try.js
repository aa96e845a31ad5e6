// Tries requests from the API's page. The token stays in its input: it is neither stored nor put into code that people copy.
import { snippet } from "./snippets.js";

const token = document.querySelector("#token");
const SHOWN_MAX = 200_000; // characters of an answer

/** What a form says now: {method, url, headers, body, json, file}; throws a SyntaxError for a body that is not JSON. */
const request = (form) => {
  const { method, path } = form.dataset;
  const values = [...form.querySelectorAll("[data-place]")].filter((input) => input.value !== "");
  const place = (name) => values.filter((input) => input.dataset.place === name);
  let filled = path;
  for (const input of place("path")) filled = filled.replace(`{${input.name}}`, encodeURIComponent(input.value));
  const query = new URLSearchParams();
  for (const { name, value } of place("query")) {
    if (name === "meta") for (const [key, wanted] of new URLSearchParams(value)) query.append(`meta.${key}`, wanted);
    else query.append(name, value);
  }
  const url = `${location.origin}${filled}${query.size ? `?${query}` : ""}`;
  const headers = Object.fromEntries(place("header").map(({ name, value }) => [name, value]));
  const accept = form.elements.accept?.value;
  if (accept) headers.Accept = accept;
  const file = form.elements.file?.files[0];
  if (file) {
    const body = new FormData();
    body.append("file", file);
    return { method, url, headers, body, file };
  }
  if (!form.elements.body) return { method, url, headers };
  const json = JSON.parse(form.elements.body.value || "{}");
  return { method, url, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(json), json };
};

const pretty = (text, type) => {
  if (!type.startsWith("application/json")) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const say = (form, title, text = "") => {
  const heading = Object.assign(document.createElement("p"), { textContent: title });
  const pre = Object.assign(document.createElement("pre"), { tabIndex: 0, textContent: text });
  form.querySelector(".answer").replaceChildren(heading, ...(text ? [pre] : []));
  return pre;
};

/** Shows an answer while it arrives; a stream's lines appear one by one. */
const read = async (form, answer, began) => {
  const type = answer.headers.get("content-type") ?? "";
  const title = () => `${answer.status} ${answer.statusText} · ${Math.round(performance.now() - began)} ms · ${type || "no body"}`;
  let text = "";
  if (answer.body) {
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.length > SHOWN_MAX) break;
      if (type.includes("jsonl")) say(form, title(), text);
    }
  }
  say(form, title(), pretty(text.slice(0, SHOWN_MAX), type));
};

const send = async (form) => {
  const stop = form.querySelector("[data-stop]");
  const aborting = new AbortController();
  stop.onclick = () => aborting.abort();
  stop.hidden = false;
  const began = performance.now();
  try {
    const { method, url, headers, body } = request(form);
    if (token.value) headers.Authorization = `Bearer ${token.value.trim()}`;
    say(form, "Waiting …");
    await read(form, await fetch(url, { method, headers, body, signal: aborting.signal, credentials: "omit" }), began);
  } catch (error) {
    say(form, error.name === "AbortError" ? "Stopped" : error.name === "SyntaxError" ? `The body is not JSON: ${error.message}` : `No answer: ${error.message}`);
  } finally {
    stop.hidden = true;
  }
};

const write = (form) => {
  const kind = form.querySelector("[data-show][aria-pressed=true]").dataset.show;
  let text;
  try {
    text = snippet(kind, request(form));
  } catch (error) {
    text = `The body is not JSON: ${error.message}`;
  }
  form.querySelector(".code code").textContent = text;
};

const show = (form, button) => {
  for (const other of form.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", other === button);
  write(form);
};

document.querySelector(".key").hidden = false;
for (const form of document.querySelectorAll("form.try")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
  form.addEventListener("input", () => write(form));
  form.querySelector(".code").addEventListener("toggle", () => write(form));
  for (const button of form.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(form, button));
}
