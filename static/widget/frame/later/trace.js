const PLAIN = ["path", "state", "status", "code", "cause", "ms", "tries", "name", "kind", "done", "reply", "call", "confirm", "timeoutMs", "id", "cid", "dup", "to", "attempt", "rev", "seq", "head", "more", "epoch", "retryMs", "reconnectMs", "inMs", "reason"];
const LONGEST = 200;
const sent = new Map();
const begun = new Set();
let asked = 0;

/** The named fields only: tokens, texts and arguments are never among them. */
function plain(detail) {
  const shown = {};
  for (const key of PLAIN) {
    const value = detail[key];
    if (typeof value === "string") shown[key] = value.slice(0, LONGEST);
    else if (typeof value === "number" || typeof value === "boolean") shown[key] = value;
  }
  return shown;
}

/** How long the server took, where this ends what was asked. */
function took(at, { type, cid, call, code, to, rows }) {
  if (type === "send") sent.set(cid, (asked = at));
  if (type === "call") sent.set(call, at);
  if (type === "delta" && !begun.has(to)) return { firstMs: at - asked };
  if (rows?.some(({ type, status }) => type === "bot" && status !== "open" && status !== "queued")) return { replyMs: at - asked };
  const since = sent.get(type === "result" || type === "callEnd" ? call : cid);
  return (type === "sent" || type === "nack" || type === "result" || type === "callEnd") && since !== undefined ? { tookMs: at - since, code } : {};
}

/** One line of the console: the moment in ms since the page began, what happened, its figures. */
export function write(at, what, detail) {
  const { type = "", to, rows, functions } = detail;
  if (type === "hb" || (type === "delta" && begun.has(to))) return;
  const shown = plain(detail);
  const times = took(at, detail);
  for (const key in times) if (Number.isFinite(times[key])) shown[key] = Math.round(times[key]);
  if (to) begun.add(to);
  if (rows) shown.rows = rows.map((row) => plain({ seq: row.seq, kind: row.type, status: row.status, code: row.code, attempt: row.attempt }));
  if (functions) shown.functions = functions.length;
  console.debug(`[chatwidget] ${Math.round(at)} ms ${what} ${type}`.trimEnd(), shown);
}
