// Shapes that travel: rows and settings as the server writes them. For the type checker only, never loaded by a page.
interface Row {
  id: string;
  cid?: string;
  seq: number;
  position: number;
  type: "user" | "bot" | "activity";
  status: "done" | "open" | "queued" | "stopped" | "failed";
  attempt: number;
  createdAt: number;
  text: string;
  html?: string;
  rev?: number;
  length?: number;
  sources?: { title: string; url: string }[];
  code?: string;
  vote?: 1 | -1;
  deleted?: boolean;
}

interface Delta {
  attempt: number;
  rev: number;
  from?: number;
  sealed?: number;
  blocks?: string[];
  at?: number;
  del?: number;
  ins?: string;
}

interface Activity {
  reply: string;
  kind: string;
  name: string;
  text: string;
  done?: boolean;
}

/** The bot calls a function of the page, or with `confirm` asks the visitor; `callEnd` tells that it is over. */
interface CallFrame {
  type: "call" | "callEnd";
  call: string;
  name?: string;
  args?: Record<string, unknown>;
  timeoutMs?: number;
  text?: string;
  confirm?: boolean;
}

/** What a page registers; the handler's value, thrown error or aborted signal goes back to the bot. */
interface PageFunction {
  description?: string;
  parameters?: Record<string, unknown>;
  handler?(args: Record<string, unknown>, options: { signal: AbortSignal }): unknown;
  result?: { data: unknown };
}

/** The answer of the page or the visitor: exactly one of the three. */
interface CallAnswer {
  call: string;
  result?: unknown;
  error?: string;
  abort?: true;
}

/** The form below the answer with the id `row`; busy while it must not be taken away. */
interface ContactCard {
  key: string;
  row: string;
  node: HTMLElement;
  busy(): unknown;
}

interface StoredSession {
  id: string;
  conversationId: string;
  token: string;
  expiresAt: number;
}

/** A text of the visitor that the server has not acknowledged. `via`: the session it was put on the wire with. */
interface Entry {
  cid: string;
  text: string;
  at: number;
  via?: StoredSession;
  failed?: string;
  hold?: string;
}

interface Item {
  key: string;
  kind: "day" | "user" | "bot" | "activity" | "ended" | "lost" | "intro" | "skeleton" | "card";
  row?: Row;
  entry?: Entry;
  blocks?: string[];
  activity?: Activity;
  reasoning?: string;
  node?: HTMLElement;
  last?: boolean;
  offline?: boolean;
  text?: string;
}

interface Config {
  id: string;
  enabled: boolean;
  title: string;
  intro: string;
  introHtml: string;
  initial: string;
  initialHtml: string;
  botName: string;
  suggestions: string[];
  theme: { name: string; colors?: { light: Record<string, string>; dark: Record<string, string> } };
  features: Record<string, boolean>;
  limits: { messageBytes: number };
  language: string;
  languages: { code: string; name: string }[];
  strings: Record<string, string>;
  api: string;
  socket: string;
  origins: string[];
}

/** What a click inside the log may cause. */
interface LogActions {
  retry(entry: Entry): void;
  delete(entry: Entry): void;
  again(row: Row): void;
  vote(row: Row, value: 1 | -1): void;
}

interface ConversationEvents {
  /** Rows, states or texts: draw everything. */
  changed(): void;
  /** One reply has more text. */
  grew(row: Row): void;
  /** A reply is complete. */
  received(row: Row): void;
  /** The bot calls the page or asks the visitor, or no longer does. */
  called(frame: CallFrame): void;
  /** The session to keep, for where this browser cannot. */
  kept(session: StoredSession | null): void;
}

interface SocketEvents {
  hello(): object;
  frame(frame: any): void;
  state(): void;
  /** The token is not taken any more. */
  expired(): void;
}

/** What a delivery needs of a conversation; a module that imports it back would have no hashed name. */
interface Talk {
  session: any;
  socket: any;
  rows: any;
  ending: boolean;
  expire(): void;
}
