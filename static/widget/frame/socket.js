import { trace } from "./page.js";

const SILENCE_MS = 45000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 20000;
const REFUSED = new Set([4400, 4403, 4404, 4413, 1009]);
const NEW_SESSION = 4401;

/** Before a further try: full jitter, doubling, never giving up. */
export function backoffMs(tries) {
  return Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
}

/** One lasting connection made of many sockets. States: closed, connecting, open, waiting, refused. */
export class Socket {
  state = "closed";
  #url;
  #on;
  /** @type {WebSocket} */
  #socket = null;
  #tries = 0;
  #retry = 0;
  #silence = 0;

  /** @param {string} url @param {SocketEvents} on */
  constructor(url, on) {
    this.#url = url;
    this.#on = on;
    const hurry = () => this.state === "waiting" && this.#open();
    addEventListener("online", hurry);
    document.addEventListener("visibilitychange", () => document.hidden || hurry());
    addEventListener("pagehide", () => this.#drop());
    addEventListener("pageshow", ({ persisted }) => persisted && this.state !== "closed" && this.#open());
  }

  connect() {
    if (this.state === "closed") this.#open();
  }

  close() {
    this.#drop();
    this.#enter("closed");
  }

  /** The hello was taken: the next loss begins with short waits again. */
  welcomed() {
    this.#tries = 0;
    this.#enter("open");
  }

  move(ms) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), ms);
  }
  send(frame) {
    if (this.#socket?.readyState !== 1) return;
    trace("sent", frame);
    this.#socket.send(JSON.stringify(frame));
  }

  #open() {
    this.#drop();
    this.#enter("connecting");
    const socket = (this.#socket = new WebSocket(this.#url, "chat.v1"));
    const mine = () => socket === this.#socket; // late events of an older one are nobody's
    socket.onopen = () => mine() && this.send(this.#on.hello());
    socket.onclose = ({ code }) => mine() && this.#closed(code);
    socket.onmessage = ({ data }) => {
      if (!mine()) return;
      this.#listen();
      const frame = JSON.parse(data);
      trace("received", frame);
      this.#on.frame(frame);
    };
    this.#listen();
  }

  #closed(code) {
    trace("closed", { code });
    this.#drop();
    if (code === NEW_SESSION) {
      this.#enter("closed");
      this.#on.expired();
    } else if (REFUSED.has(code)) this.#enter("refused");
    else {
      this.#enter("waiting");
      this.move(backoffMs(this.#tries++));
    }
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#closed(1006), SILENCE_MS);
  }

  #drop() {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #enter(state) {
    trace("socket", { state });
    this.state = state;
    this.#on.state();
  }
}
