import { keep, recallAll } from "./page.js";

const ACK_MS = 10000;

/** A UUID, also on plain http where crypto.randomUUID is missing. */
export function uuid() {
  const random = (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16);
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, random);
}

/** Unacknowledged texts: stored before the wire, a key each, so that tabs never overwrite each other. */
export class Outbox {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Map<string, number>} */
  #timers = new Map();
  #on;

  /** `on.wire` puts an entry on the wire if it can. */
  constructor(on) {
    this.#on = on;
    for (const entry of recallAll("out:").toSorted((a, b) => a.at - b.at)) this.#entries.set(entry.cid, entry);
  }

  get entries() {
    return [...this.#entries.values()];
  }

  get waiting() {
    return this.entries.filter(({ failed }) => !failed);
  }
  add(text) {
    this.save({ cid: uuid(), text, at: Date.now() });
  }
  save(entry) {
    this.#entries.set(entry.cid, entry);
    keep(`out:${entry.cid}`, entry);
    this.#on.changed();
  }
  remove(cid) {
    clearTimeout(this.#timers.get(cid));
    keep(`out:${cid}`, null);
    if (this.#entries.delete(cid)) this.#on.changed();
  }

  /** On the wire; without an answer it goes again, with the same cid. */
  wired({ cid }, ms = ACK_MS) {
    clearTimeout(this.#timers.get(cid));
    this.#timers.set(cid, setTimeout(() => this.#entries.has(cid) && this.#on.wire(this.#entries.get(cid)), ms));
  }

  refused(cid, code, retryMs = 2000) {
    const entry = this.#entries.get(cid);
    if (!entry) return;
    clearTimeout(this.#timers.get(cid));
    const again = code === "rate" || code === "unavailable";
    this.save({ ...entry, [again ? "hold" : "failed"]: code });
    if (again) this.wired(entry, retryMs);
  }
}
