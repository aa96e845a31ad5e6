/** The widget's public settings, as the server wrote them into the page. @type {Config} */
export const config = JSON.parse(document.getElementById("config").textContent);

const { strings, language } = config;
const rules = new Intl.PluralRules(language);

/** A text of the interface, its {placeholders} filled. @param {string} key @param {Record<string, any>} [values] */
export function t(key, values = {}) {
  return (strings[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The form of a text that fits a number. @param {string} key @param {number} count */
export function plural(key, count) {
  const form = `${key}.${rules.select(count)}`;
  return t(form in strings ? form : `${key}.other`, { count });
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** An element: functions become listeners, true an empty attribute; null and false are left out.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {(Node | string)[]} children */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** An icon of the sprite in the page. @param {string} name @param {string} [className] */
export function icon(name, className = "i") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(svg.namespaceURI, "use"));
  setIcon(svg, name);
  return svg;
}

/** Another icon in the same place. @param {Element} svg @param {string} name */
export const setIcon = (svg, name) => svg.firstElementChild.setAttribute("href", `#i-${name}`);
