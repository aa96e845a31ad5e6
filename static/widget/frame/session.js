import { config, keep, recall, spoken, trace } from "./page.js";

/** A refused request; `retryMs` where the server said when to come back. */
class HttpError extends Error {
  constructor(status, message, retryMs) {
    super(message);
    this.status = status;
    this.retryMs = retryMs;
  }
}

/** A body makes it a POST. @returns {Promise<any>} */
async function request(path, token, body) {
  /** @type {Record<string, string>} */
  const headers = body ? { "Content-Type": "application/json" } : {};
  if (token) headers.Authorization = `Bearer ${token}`;
  const began = Date.now();
  // A vote outlives the page that closes right after it.
  const answer = await fetch(config.api + path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), credentials: "omit", keepalive: Boolean(body) });
  const data = await answer.json().catch(() => ({}));
  trace("http", { path, status: answer.status, ms: Date.now() - began, cause: data.message });
  if (!answer.ok) throw new HttpError(answer.status, data.message, 1000 * Number(answer.headers.get("Retry-After")));
  return data;
}

/** The conversation that this browser may open, and the requests that need its token. */
export class Session {
  #kept;

  /** `kept` is told each change, for where storage is denied. */
  constructor(kept) {
    this.#kept = kept;
  }

  /** @returns {StoredSession | null} */
  get current() {
    return recall("session");
  }

  get alive() {
    return this.current?.expiresAt > Date.now();
  }
  keep(session) {
    keep("session", session);
    this.#kept(session);
  }

  /** Makes a session. @returns {Promise<Row[]>} its first messages */
  async create() {
    const { messages, ...session } = await request(`/integration/widget/${config.id}/session/create`, "", { language: spoken });
    this.keep(session);
    return messages;
  }

  /** Every row of the conversation, in the order of its log. @returns {Promise<{ items: Row[], epoch: string, head: number }>} */
  async history() {
    const items = [];
    for (let head = 0; ; ) {
      const page = await this.own(`message/list?after=${head}`);
      items.push(...page.items);
      ({ head } = page);
      if (!page.more) return { items, head, epoch: page.epoch };
    }
  }

  vote({ id }, value) {
    return this.own(`message/${id}/${value > 0 ? "upvote" : "downvote"}`, {});
  }

  /** Whether a text was stored in the session it was put on the wire with. */
  async stored({ cid, via }) {
    try {
      await request(`/conversation/${via.conversationId}/message/by-cid/${cid}`, via.token);
      return true;
    } catch (error) {
      if (error.status < 500 && error.status !== 429) return false;
      throw error;
    }
  }

  /** A request below the conversation. */
  own(path, body) {
    const { conversationId, token } = this.current;
    return request(`/conversation/${conversationId}/${path}`, token, body);
  }
}
