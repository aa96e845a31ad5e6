import { Delivery } from "./delivery.js";
import { uuid } from "./outbox.js";
import { config, durable, spoken } from "./page.js";
import { Reply, Rows } from "./rows.js";
import { Session } from "./session.js";
import { backoffMs, Socket } from "./socket.js";

const RESUME_MS = 2000;

/** The protocol's client: rows and growing replies of one conversation after another. */
export class Conversation {
  rows = new Rows();
  /** By position. @type {Map<number, Reply>} */
  replies = new Map();
  /** @type {Map<string, Activity>} */
  activities = new Map();
  /** What the bot thinks, by reply. @type {Map<string, { attempt: number, text: string }>} */
  reasoning = new Map();
  /** What the visitor is asked to allow, by call. @type {Map<string, HTMLElement>} */
  asks = new Map();
  /** The form that an answer ends with. @type {ContactCard} */
  contact = null;
  /** Of the page, for the bot. */
  functions = [];
  /** Ended while on the screen. @type {Rows[]} */
  past = [];
  loading = false;
  /** The session is over, its last answer is still being written. */
  ending = false;
  page = {};
  #on;
  /** The same after a reload: what a reply asks of the page comes back to its tab. */
  #tab = durable ? (sessionStorage["cw:tab"] ||= uuid()) : uuid();
  #asked = 0;
  #tries = 0;
  #later = [];

  /** @param {ConversationEvents} on */
  constructor(on) {
    this.#on = on;
    this._call = this._callEnd = on.called;
    this.session = new Session(on.kept);
    this.delivery = new Delivery(this, on.changed);
    this.socket = new Socket(location.origin.replace("http", "ws") + config.socket, {
      hello: () => ({ type: "hello", token: this.session.current.token, tab: this.#tab, ...(this.rows.epoch && { resume: this.#position() }) }),
      frame: (frame) => this[`_${frame.type}`]?.(frame),
      state: on.changed,
      expired: () => this.expire(),
    });
    addEventListener("offline", on.changed);
  }

  get outbox() {
    return this.delivery.outbox;
  }

  get status() {
    if (!navigator.onLine) return "offline";
    if (this.ending) return "ending";
    const { state } = this.socket;
    if (!config.enabled && state === "closed") return "closed";
    if (state === "waiting" || (state === "connecting" && this.rows.epoch)) return "reconnecting";
    return state === "refused" ? state : this.loading ? "connecting" : "ready";
  }

  /** A reply, whose text may come before its row. @returns {any} */
  row(position) {
    return this.rows.at(position) ?? { id: "", position, type: "bot", status: "open", attempt: 0, createdAt: Date.now() };
  }

  get open() {
    const early = [...this.replies.keys()].find((position) => !this.rows.at(position));
    return this.rows.open ?? (early && this.row(early));
  }

  /** Takes up what this browser kept. */
  start() {
    this.loading = this.session.alive;
    if (this.loading) this.delivery.connect();
    else this.delivery.work();
  }

  send(text) {
    this.outbox.add(text);
    this.delivery.connect();
  }

  expire() {
    this.session.keep(null);
    this.follow();
  }

  /** Forgets the conversation, not the texts that were never sent. */
  restart() {
    this.rows = new Rows();
    this.past = [];
    this.expire();
  }

  /** Goes on with the session that is kept now, below what was shown. */
  follow() {
    this.socket.close();
    const { open } = this.rows;
    if (open) this.rows.put([{ ...open, status: "stopped", html: this.replies.get(open.position)?.blocks.join("") }]);
    if (this.rows.list.length) this.past.push(this.rows);
    this.rows = new Rows();
    this.replies.clear();
    this.asks.clear();
    this.contact = null;
    this.ending = false;
    this.start();
    this.#on.changed();
  }

  /** @param {object[]} functions those of the page, all of them */
  offer(functions) {
    this.functions = functions;
    this.socket.send({ type: "set", functions }); // the server leaves them where the widget has no tools
  }

  stop() {
    this.#ask({ type: "stop", reply: this.open.id });
  }

  retry({ id }) {
    this.#ask({ type: "retry", reply: id });
  }

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
    this.socket.send({ type: "set", language: spoken, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, page: this.page, functions: this.functions });
    if (config.features.startFirst && !head) this.socket.send({ type: "start" });
    for (const frame of this.#later.splice(0)) this.socket.send(frame);
    this.delivery.flush();
  }

  _rows({ rows, head, more }) {
    for (const row of rows) {
      const { id, cid, type, status, position } = row;
      const news = type === "bot" && status === "done" && this.rows.get(id)?.status !== "done" && !this.loading;
      if ("length" in row) {
        // It ends a streamed reply: who holds all of that keeps it, others ask for the whole row.
        row.html = this.replies.get(position)?.blocks.join("");
        if (!this.replies.get(position)?.is(row)) {
          this.#resume();
          return;
        }
      }
      this.rows.put([row]);
      if (cid) this.outbox.remove(cid);
      if (news) this.#on.received(row);
    }
    if (!more) {
      this.rows.seq = Math.max(this.rows.seq, head);
      this.loading = false;
      this.#asked = 0;
      if (!this.rows.open) this.asks.clear();
    }
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
    const [position, attempt] = delta.to.split(".").map(Number);
    const { status } = this.rows.at(position) ?? {};
    if (status && status !== "open" && status !== "queued") return;
    const known = this.replies.get(position);
    const reply = known ?? new Reply();
    this.replies.set(position, reply);
    if (!reply.apply({ attempt, ...delta })) this.#resume();
    if (known) this.#on.grew(this.row(position));
    else this.#on.changed();
  }

  _activity(activity) {
    this.activities.set(activity.reply, activity);
    this.#on.grew(this.rows.get(activity.reply));
  }

  _reasoning({ reply, attempt, text }) {
    const old = this.reasoning.get(reply);
    if (old?.attempt > attempt) return;
    this.reasoning.set(reply, { attempt, text: (old?.attempt === attempt ? old.text : "") + text });
    this.#on.grew(this.rows.get(reply));
  }

  _hb({ head }) {
    this.socket.send({ type: "hb" });
    if (head > this.rows.seq) this.#resume();
  }

  _expiring() {
    this.ending = true;
    this.#on.changed();
  }

  _bye({ reconnectMs }) {
    this.socket.move(reconnectMs);
  }

  /** Too far behind, or numbered anew: the rows come over HTTP. */
  async _resync() {
    try {
      const { items, epoch, head } = await this.session.history();
      const rows = Object.assign(new Rows(), { epoch, seq: head });
      rows.put(items);
      this.rows = rows;
      this.loading = false;
      this.#on.changed();
    } catch {
      this.socket.move(backoffMs(this.#tries++));
    }
  }

  #position() {
    const { epoch, seq, open } = this.rows;
    const { attempt, rev } = this.replies.get(open?.position) ?? { attempt: 0, rev: 0 };
    return { epoch, seq, ...(open && { open: { reply: open.id, attempt, rev } }) };
  }

  /** Asks for what is missing, once for a burst. */
  #resume() {
    if (Date.now() - this.#asked < RESUME_MS) return;
    this.#asked = Date.now();
    this.socket.send({ type: "resume", ...this.#position() });
  }

  #ask(frame) {
    if (this.socket.state === "open") this.socket.send(frame);
    else this.#later.push(frame);
  }
}
