import { config } from "./config.js";
import { Outbox, uuid } from "./outbox.js";
import { Reply, Rows } from "./rows.js";
import { HttpError, Session } from "./session.js";
import { backoffMs, Socket } from "./socket.js";

const RESUME_MS = 2000;

/** The protocol's client: one conversation after another, each made of rows, growing replies and unacknowledged texts. */
export class Conversation {
  rows = new Rows();
  /** @type {Map<string, Reply>} */
  replies = new Map();
  /** @type {Map<string, Activity>} */
  activities = new Map();
  /** Rows of conversations that ended while they were on the screen. @type {Rows[]} */
  past = [];
  loading = false;
  /** @type {object} */
  page = {};
  #on;
  #tab = uuid();
  #asked = 0;
  #tries = 0;
  #creating = false;

  /** @param {{ changed: () => void, grew: (reply: string) => void, received: (row: Row) => void, kept: (session: StoredSession) => void }} on */
  constructor(on) {
    this.#on = on;
    this.session = new Session(on.kept);
    this.outbox = new Outbox({ wire: (entry) => this.#wire(entry), changed: on.changed });
    this.socket = new Socket(location.origin.replace("http", "ws") + config.socket, {
      hello: () => ({ type: "hello", token: this.session.current.token, tab: this.#tab, ...(this.rows.epoch && { resume: this.#position() }) }),
      frame: (frame) => this[`_${frame.type}`]?.(frame),
      state: on.changed,
      expired: () => this.expire(),
    });
    addEventListener("online", () => this.#creating || this.#resumeWork());
  }

  /** What the header says: ready, connecting, reconnecting, offline or refused. */
  get status() {
    if (!navigator.onLine) return "offline";
    const { state } = this.socket;
    if (state === "waiting" || (state === "connecting" && this.rows.epoch)) return "reconnecting";
    return state === "connecting" || this.#creating ? "connecting" : state === "refused" ? state : "ready";
  }

  /** Takes up what the browser kept: the conversation and texts without an answer. */
  start() {
    if (this.session.alive) {
      this.loading = true;
      this.connect();
    } else this.#resumeWork();
  }

  /** @param {string} text */
  send(text) {
    this.outbox.add(text);
    this.connect();
  }

  async connect() {
    if (this.session.alive) {
      this.socket.connect();
      return this.#flush();
    }
    if (this.#creating) return;
    if (this.rows.epoch) this.expire();
    this.#creating = true;
    this.#on.changed();
    try {
      this.rows.put(await this.session.create());
      this.#tries = 0;
      this.socket.close();
      this.socket.connect();
    } catch (error) {
      this.#failed(error);
    }
    this.#creating = false;
    this.#on.changed();
  }

  /** The session is over: its rows stay on the screen; waiting texts begin a new one. */
  expire() {
    this.socket.close();
    this.past.push(this.rows);
    this.#reset();
    this.session.keep(null);
    this.#resumeWork();
  }

  /** Forgets the conversation, not the texts that were never sent. */
  restart() {
    this.session.keep(null);
    this.reload();
  }

  /** Another tab began a new conversation, or this one is to be drawn anew. */
  reload() {
    this.socket.close();
    this.past = [];
    this.#reset();
    this.start();
    this.#on.changed();
  }

  stop() {
    const reply = this.rows.open?.id ?? [...this.replies.keys()].find((id) => !this.rows.get(id));
    if (reply) this.socket.send({ type: "stop", reply });
  }

  /** @param {Row} row a reply that broke off */
  retry({ id }) {
    this.socket.send({ type: "retry", reply: id });
  }

  /** @param {Row} row @param {1 | -1} vote */
  async vote(row, vote) {
    this.rows.put([{ ...row, vote }]);
    this.#on.changed();
    await this.session.vote(row, vote).catch(() => this.rows.put([row]));
    this.#on.changed();
  }

  _welcome({ epoch, head }) {
    this.rows.epoch ||= epoch;
    this.socket.welcomed();
    if (head <= this.rows.seq) this.loading = false;
    this.socket.send({ type: "set", language: config.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, page: this.page });
    if (config.features.startFirst && !head) this.socket.send({ type: "start" });
    for (const { cid } of this.outbox.entries) if (this.#has(cid)) this.outbox.remove(cid);
    this.#flush();
  }

  _rows({ rows, head, more }) {
    this.#take(rows);
    if (!more) this.#reach(head);
    this.#on.changed();
  }

  _sent({ cid, id, seq }) {
    const entry = this.outbox.entries.find((one) => one.cid === cid);
    if (entry && !this.rows.get(id)) this.rows.put([{ id, cid, seq, position: seq, type: "user", status: "done", attempt: 0, text: entry.text, createdAt: entry.at }]);
    this.outbox.remove(cid);
  }

  _nack({ cid, code, retryMs }) {
    if (code === "expired" || code === "closed") this.expire();
    else this.outbox.refused(cid, code, retryMs);
  }

  _delta(delta) {
    const { reply: id } = delta;
    const row = this.rows.get(id);
    if (row && row.status !== "open" && row.status !== "queued") return;
    const fresh = !this.replies.has(id);
    if (fresh) this.replies.set(id, new Reply());
    if (!this.replies.get(id).apply(delta)) this.#resume();
    if (fresh) this.#on.changed();
    else this.#on.grew(id);
  }

  _activity(activity) {
    this.activities.set(activity.reply, activity);
    this.#on.grew(activity.reply);
  }

  _hb({ head }) {
    this.socket.send({ type: "hb" });
    if (head > this.rows.seq) this.#resume();
  }

  _bye({ reconnectMs }) {
    this.socket.move(reconnectMs);
  }

  /** Too far behind, or other numbers: the rows come over HTTP. */
  async _resync() {
    const rows = new Rows();
    try {
      for (let cursor; ; ) {
        const page = await this.session.list(0, cursor);
        rows.put(page.items);
        cursor = page.cursor;
        Object.assign(rows, { epoch: page.epoch, seq: page.head });
        if (!cursor) break;
      }
      this.rows = rows;
      this.loading = false;
      this.#on.changed();
    } catch {
      this.socket.move(backoffMs(this.#tries++));
    }
  }

  #position() {
    const { epoch, seq, open } = this.rows;
    const { attempt, rev } = this.replies.get(open?.id) ?? { attempt: 0, rev: 0 };
    return { epoch, seq, ...(open && { open: { reply: open.id, attempt, rev } }) };
  }

  /** Asks for what is missing, once for a burst of frames that do not fit. */
  #resume() {
    if (Date.now() - this.#asked < RESUME_MS) return;
    this.#asked = Date.now();
    this.socket.send({ type: "resume", ...this.#position() });
  }

  #take(rows) {
    const before = new Map(rows.map(({ id }) => [id, this.rows.get(id)?.status]));
    this.rows.put(rows);
    for (const row of rows) {
      if (row.cid) this.outbox.remove(row.cid);
      if (row.type === "bot" && row.status === "done" && before.get(row.id) !== "done" && !this.loading) this.#on.received(row);
      if (row.status !== "open") this.activities.delete(row.id);
    }
  }

  #reach(head) {
    this.rows.seq = Math.max(this.rows.seq, head);
    this.loading = false;
    this.#asked = 0;
  }

  #reset() {
    this.rows = new Rows();
    this.replies.clear();
    this.loading = false;
  }

  #has(cid) {
    return this.rows.list.some((row) => row.cid === cid);
  }

  #resumeWork() {
    if (this.outbox.waiting.length) this.connect();
    else this.#on.changed();
  }

  async #flush() {
    for (const entry of this.outbox.waiting) await this.#wire(entry);
  }

  /** @param {Entry} entry */
  async #wire(entry) {
    const { current } = this.session;
    if (this.socket.state !== "open" || !current) return;
    if (entry.via && entry.via.conversationId !== current.conversationId) {
      const stored = await this.session.stored(entry).catch(() => null);
      if (stored) return this.outbox.remove(entry.cid);
      if (stored === null) return this.outbox.wired(entry);
    }
    this.outbox.save({ ...entry, via: current });
    this.socket.send({ type: "send", cid: entry.cid, text: entry.text });
    this.outbox.wired(entry);
  }

  #failed(error) {
    const wait = error instanceof HttpError ? error.retryMs : 0;
    if (error.status < 500 && error.status !== 429) for (const { cid } of this.outbox.waiting) this.outbox.refused(cid, error.status === 403 ? "origin" : "closed");
    else setTimeout(() => this.#resumeWork(), wait || backoffMs(this.#tries++));
  }
}
