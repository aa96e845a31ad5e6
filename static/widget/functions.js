// The page's functions: told to the frame as data, run here. Loaded by panel.js where the page has some or the bot calls one.
const FUNCTIONS = 64;
const LIST_BYTES = 65536;
const DESCRIPTION_BYTES = 4096;
const RESULT_BYTES = 65536;
const DEPTH = 30;
const ERROR_CHARACTERS = 2000;
const KEPT = 100;
const LATE_MS = 5000;
const ESCAPE = /\\(u(?:d[89a-f]..|0000)|[^])/g;

/** As JSON without what no database keeps: half surrogate pairs and NUL. */
const jsonOf = (value) => JSON.stringify(value)?.replace(ESCAPE, (whole, escaped) => (escaped.length > 1 ? "\ufffd" : whole));
const bytesOf = (text) => new TextEncoder().encode(text).length;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether the server keeps this JSON: not too deep, no number beyond 64 bits. */
function storable(value, levels = DEPTH) {
  if (typeof value === "number") return Math.abs(value) < 2 ** 63;
  return typeof value !== "object" || value === null || (levels > 0 && Object.values(value).every((one) => storable(one, levels - 1)));
}

/** What is wrong with a function as the bot is told of it; nothing where all is well. */
function fault({ description, parameters }) {
  const { type, properties = {}, required = [] } = parameters;
  if (bytesOf(description) > DESCRIPTION_BYTES) return `description: at most ${DESCRIPTION_BYTES} bytes`;
  const fit = type === "object" && isObject(properties) && storable(parameters) && Array.isArray(required);
  const schemas = fit && Object.values(properties).every((one) => isObject(one) || typeof one === "boolean");
  return schemas && required.every((one) => typeof one === "string") ? "" : "parameters: must be a JSON schema of an object";
}

/** What the bot is told of the functions, and why not of others. */
export function describe(functions) {
  const told = [];
  const faults = [];
  for (const name in functions) {
    const { description, parameters } = functions[name];
    const schema = isObject(parameters ?? {}) ? { type: "object", properties: {}, ...parameters } : parameters;
    const one = JSON.parse(jsonOf({ name, description: String(description ?? ""), parameters: schema }));
    let wrong = fault(one);
    if (told.length === FUNCTIONS) wrong ||= `at most ${FUNCTIONS} functions`;
    if (bytesOf(JSON.stringify([...told, one], null, 1)) > LIST_BYTES) wrong ||= `at most ${LIST_BYTES} bytes together`;
    if (wrong) faults.push(`${name}: ${wrong}`);
    else told.push(one);
  }
  return { told, faults };
}

/** A handler's value as it travels. */
function result(value) {
  const json = jsonOf(value) ?? "null";
  if (bytesOf(json) > RESULT_BYTES) return { error: `The result has more than ${RESULT_BYTES} bytes of JSON.` };
  const plain = JSON.parse(json);
  return storable(plain) ? { result: plain } : { error: "The result is nested too deep, or holds a number beyond 64 bits." };
}

/** The bot's calls: each runs once in the life of the page, and is answered as often as it is asked for. */
export class Calls {
  #functions;
  #answer;
  #seen = new Set();
  #waiting = new Set();
  /** By the call's id. */
  #calls = new Map();

  /** `functions()` gives the registered ones by name, `answer` takes `{call, result | error | abort}`. */
  constructor(functions, answer) {
    this.#functions = functions;
    this.#answer = answer;
    this.changed();
  }

  /** Others are registered now. */
  changed() {
    for (const name in this.#functions()) this.#seen.add(name);
    for (const wake of this.#waiting) wake();
  }

  async run({ call, name, args, timeoutMs }) {
    if (!this.#calls.has(call)) {
      const life = new AbortController();
      const outcome = this.#outcome(name, args, life.signal);
      const timer = setTimeout(() => life.abort(new DOMException(`No result within ${timeoutMs} ms.`, "TimeoutError")), timeoutMs);
      outcome.then(() => clearTimeout(timer));
      this.#calls.set(call, { life, outcome });
      if (this.#calls.size > KEPT) this.end(this.#calls.keys().next().value);
    }
    const one = this.#calls.get(call);
    const outcome = await one.outcome;
    if (this.#calls.get(call) === one) this.#answer({ call, ...outcome });
  }

  /** Nobody waits for it any more. */
  end(call) {
    const one = this.#calls.get(call);
    this.#calls.delete(call);
    one?.life.abort();
  }

  stop() {
    for (const call of this.#calls.keys()) this.end(call);
  }

  async #outcome(name, args, signal) {
    try {
      const over = new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(signal.reason)));
      const known = (await Promise.race([this.#find(name), over])) ?? {};
      if (known.result) return result(known.result.data);
      if (!known.handler) return { error: `The page has no function ${name}.` };
      return result(await Promise.race([known.handler(args, { signal }), over]));
    } catch (error) {
      if (error?.name === "AbortError") return { abort: true };
      return { error: JSON.parse(jsonOf(String(error?.message || error).slice(0, ERROR_CHARACTERS))) || "The function failed." };
    }
  }

  /** Also one that the page, which may just have been loaded, is about to register. */
  async #find(name) {
    if (!this.#functions()[name] && !this.#seen.has(name)) {
      await new Promise((resolve) => {
        const timer = setTimeout(done, LATE_MS);
        const wake = () => this.#functions()[name] && done();
        const waiting = this.#waiting;
        function done() {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        waiting.add(wake);
      });
    }
    return this.#functions()[name];
  }
}
