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
