const FIELD = /^(type|path|state|status|code|cause|kind|name|c?id|call|reply|to|attempt|rev|seq|head|done|confirm|\w*ms)$/i;
/** When a text, a call or an answer was first spoken of. @type {Map<string, number>} */
const began = new Map();
let asked = 0;

/** The named fields only: tokens, texts, arguments and results are never among them. */
const plain = (detail) => Object.fromEntries(Object.entries(detail).filter(([key, value]) => FIELD.test(key) && typeof value !== "object"));

/** One line of the console: the moment in ms since the page began, what happened, its figures. */
export function write(at, what, detail) {
  const { type = "", to, cid, call, rows } = detail;
  const key = to ?? cid ?? call;
  const first = !began.has(key);
  if (type === "hb" || (to && !first)) return;
  const shown = plain(detail);
  const since = (name, moment) => (shown[name] = Math.round(at - moment));
  if (type === "send") asked = at;
  if (to) since("firstMs", asked);
  if (key && first) began.set(key, at);
  else if (key) since("tookMs", began.get(key));
  if (rows) {
    shown.rows = rows.map(plain);
    if (asked && rows.some(({ attempt, status }) => attempt && !/open|queued/.test(status))) since("replyMs", asked);
  }
  console.debug(`[chatwidget] ${Math.round(at)} ms ${what} ${type}`, shown);
}
