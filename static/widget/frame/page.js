/** The widget's public settings, as the server wrote them into the page. @type {Config} */
export const config = JSON.parse(document.getElementById("config").textContent);

const { strings, language } = config;

/** A text of the interface, its {placeholders} filled. */
export const t = (key, values = {}) => (strings[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The text of the first key that there is. */
export const firstOf = (...keys) => t(keys.find((key) => key in strings));

/** The form of a text that fits a number. */
export function plural(key, count) {
  const form = new Intl.PluralRules(language).select(count);
  return firstOf(`${key}.${form}`, `${key}.other`).replace("{count}", count);
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
