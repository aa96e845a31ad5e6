/** The widget's public settings, as the server wrote them into the page. @type {Config} */
export const config = JSON.parse(document.getElementById("config").textContent);

const { strings, language, languages } = config;
/** The languages that this page was asked for. */
export const asked = new URLSearchParams(location.search).get("lang") ?? "";

/** What the bot is told: the language of this page where the widget names its own, else what is wanted first, also one without texts here. */
export const spoken = languages.length ? language : [...asked.split(","), navigator.language].find((tag) => /^[\w-]{2,35}$/.test(tag));

/** With the visitor's country, which decides how times and numbers look. */
export const locale = navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language;
const number = new Intl.NumberFormat(locale);

/** A text of the interface, its {placeholders} filled. */
export const t = (key, values = {}) => (strings[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The text of the first key that there is. */
export const firstOf = (...keys) => t(keys.find((key) => key in strings));

/** The form of a text that fits a number. */
export function plural(key, count) {
  const form = new Intl.PluralRules(language).select(count);
  return firstOf(`${key}.${form}`, `${key}.other`).replace("{count}", number.format(count));
}

const tracing = config.features.verbose && import("./later/trace.js");

/** Tells the console of a verbose widget what happens. */
export function trace(what, detail) {
  const at = performance.now();
  if (tracing) tracing.then(({ write }) => write(at, what, detail));
}

/** @returns {any} */
export const byId = (id) => document.getElementById(id);

/** @returns {any} */
export const clone = (id) => byId(id).content.firstElementChild.cloneNode(true);

/** @returns {any} */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  node.append(...children);
  return node;
}

/** An icon of the sprite in the page. */
export function icon(name, className = "i s") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(svg.namespaceURI, "use"));
  setIcon(svg, name);
  return svg;
}

export const setIcon = (svg, name) => svg.firstElementChild.setAttribute("href", `#i-${name}`);

const PREFIX = `cw:${config.id}:`;
/** From the page before this one, which was in another language. */
const { state } = history;
history.replaceState(null, "");
/** @type {Record<string, string>} */
const memory = state?.memory ?? {};
let disk = memory;
try {
  localStorage[`${PREFIX}probe`] = 1;
  delete localStorage[`${PREFIX}probe`];
  disk = localStorage;
} catch {} // cookies and storage blocked: every access throws

/** Whether a reload finds again what is kept. */
export const durable = disk !== memory;

/** Kept in this browser, or in memory where storage is denied or full. */
export function recall(key) {
  return JSON.parse(memory[PREFIX + key] ?? disk[PREFIX + key] ?? null);
}

/** @param {any} value null removes */
export function keep(key, value) {
  delete memory[PREFIX + key];
  try {
    if (value === null) delete disk[PREFIX + key];
    else disk[PREFIX + key] = JSON.stringify(value);
  } catch {
    memory[PREFIX + key] = JSON.stringify(value);
  }
}

export function recallAll(start) {
  const keys = Object.keys({ ...disk, ...memory }).filter((key) => key.startsWith(PREFIX + start));
  return keys.map((key) => recall(key.slice(PREFIX.length)));
}

/** The id of what had the focus there. */
export const focused = state?.focused;

/** Loads this page in the first of these languages that there is, with what is kept in memory. @param {string} list codes and commas */
export function move(list) {
  history.replaceState({ memory, focused: document.hasFocus() && document.activeElement.id }, "", `?lang=${encodeURIComponent(list)}`);
  location.reload();
}

/** @param {() => void} changed called when another tab changed it */
export function watch(key, changed) {
  addEventListener("storage", (event) => event.key === PREFIX + key && changed());
}
