import { Outbox } from "./outbox.js";
import { backoffMs } from "./socket.js";

/** Brings the visitor's texts to the server: a session where there is none, then each text, in order, until it is acknowledged. */
export class Delivery {
  #talk;
  #changed;
  #creating = false;
  #tries = 0;

  /** @param {Talk} talk */
  constructor(talk, changed) {
    this.#talk = talk;
    this.#changed = changed;
    this.outbox = new Outbox({ wire: (entry) => this.#wire(entry), changed });
    addEventListener("online", () => this.work());
  }

  /** Opens the conversation that this browser kept, or a new one. */
  async connect() {
    const talk = this.#talk;
    const { session, socket, rows } = talk;
    if (session.alive) {
      socket.connect();
      return this.flush();
    }
    if (this.#creating || talk.ending) return;
    if (rows.epoch) return talk.expire();
    this.#creating = true;
    try {
      rows.put(await session.create());
      this.#tries = 0;
      socket.close();
      socket.connect();
    } catch (error) {
      this.#failed(error);
    }
    this.#creating = false;
    this.#changed();
  }

  /** Connects where a text waits for it. */
  work() {
    if (this.outbox.waiting.length) this.connect();
    this.#changed();
  }

  async flush() {
    for (const entry of this.outbox.waiting) await this.#wire(entry);
  }

  async #wire(entry) {
    const { session, socket, ending } = this.#talk;
    const { current } = session;
    if (socket.state !== "open" || !current || ending) return;
    if (entry.via && entry.via.conversationId !== current.conversationId) {
      const stored = await session.stored(entry).catch(() => null);
      if (stored) return this.outbox.remove(entry.cid);
      if (stored === null) return this.outbox.wired(entry);
    }
    this.outbox.save({ ...entry, via: current });
    socket.send({ type: "send", cid: entry.cid, text: entry.text });
    this.outbox.wired(entry);
  }

  /** A refusal is told at the texts, anything else is tried again. */
  #failed({ status, retryMs }) {
    if (status < 500 && status !== 429) for (const { cid } of this.outbox.waiting) this.outbox.refused(cid, `http_${status}`);
    else setTimeout(() => this.work(), retryMs || backoffMs(this.#tries++));
  }
}
