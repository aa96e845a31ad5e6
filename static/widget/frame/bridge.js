import { config } from "./page.js";

/** Whether the page is opened by itself, in no frame. */
export const alone = parent === window;

function allowed(origin) {
  const { origins } = config;
  if (!origins.length || origin === location.origin) return true;
  return origins.some((entry) => {
    const [scheme, domain] = entry.split("*");
    return domain ? origin.startsWith(scheme) && origin.endsWith(domain) : origin === entry;
  });
}

/** Messages from the embed: init layout language open close send restart export functions result. To it: hello ready away close size session event call callEnd. */
export class Bridge {
  #origin = "";

  constructor(on) {
    addEventListener("message", ({ source, origin, data }) => {
      if (alone || source !== parent || !allowed(origin) || !data?.type?.startsWith("cw:")) return;
      if (data.type === "cw:init") this.#origin = origin;
      if (origin === this.#origin) on[data.type.slice(3)]?.(data);
    });
  }

  post(type, data) {
    if (this.#origin) parent.postMessage({ type: `cw:${type}`, ...data }, this.#origin);
  }

  /** An event of the element on the page. */
  tell(name, detail = {}) {
    this.post("event", { name, detail });
  }
}
