import { config, el, locale, t } from "../page.js";

/** The conversation as Markdown. @param {Row[]} rows */
export function transcript(rows) {
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const parts = rows.filter(({ type }) => type !== "activity").map(({ type, text, createdAt, sources = [] }) => {
    const list = sources.map(({ title, url }, n) => `${n + 1}. ${url ? `[${title}](${url})` : title}`);
    return [`**${type === "bot" ? config.botName : t("you")}**, ${time.format(createdAt)}`, text, ...(list.length ? [list.join("\n")] : [])].join("\n\n");
  });
  return [`# ${config.title || config.botName}`, ...parts].join("\n\n") + "\n";
}
export function download(rows) {
  const href = URL.createObjectURL(new Blob([transcript(rows)], { type: "text/markdown" }));
  el("a", { href, download: `${t("fileName")}.md` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
