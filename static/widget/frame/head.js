import { byId, setIcon, t } from "./page.js";

/** Header, menu and the question before a restart. */
export class Head {
  #menu = byId("menu");
  #more = byId("more");
  #dialog = byId("dialog");
  #max = byId("max");
  #whole = false;

  /** @param {{ restart: () => void, download: () => void, close: () => void, size: (whole: boolean) => void }} on */
  constructor(on) {
    const run = (id, action) => byId(id)?.addEventListener("click", action);
    run("more", () => this.#toggle(this.#menu.hidden));
    run("max", () => on.size(!this.#whole));
    run("close", on.close);
    run("download", () => (this.#toggle(false), on.download()));
    run("restart", () => (this.#toggle(false), this.ask()));
    run("keep-it", () => this.#dialog.close());
    run("start-again", () => (this.#dialog.close(), on.restart()));
    this.#menu?.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("pointerdown", ({ target }) => {
      if (this.#menu && !this.#menu.hidden && !this.#menu.contains(target) && !this.#more.contains(target)) this.#toggle(false, false);
    });
    addEventListener("blur", () => this.#menu && this.#toggle(false, false));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !this.#dialog.open) on.close();
    });
  }

  ask() {
    this.#dialog.showModal();
  }

  /** @param {string} status of the conversation */
  set status(status) {
    const node = byId("status");
    node.textContent = t(`status.${status}`);
    node.classList.toggle("off", status !== "ready");
    byId("bar").hidden = status !== "offline";
  }

  /** @param {boolean} whole */
  set whole(whole) {
    this.#whole = whole;
    if (!this.#max) return;
    setIcon(this.#max.firstElementChild, whole ? "minimize" : "maximize");
    this.#max.setAttribute("aria-label", t(whole ? "minimize" : "maximize"));
  }

  #toggle(open, focus = true) {
    if (this.#menu.hidden === !open) return;
    this.#menu.hidden = !open;
    this.#more.setAttribute("aria-expanded", `${open}`);
    if (focus) (open ? this.#menu.querySelector("button") : this.#more).focus();
  }

  #key(event) {
    const items = [...this.#menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") this.#toggle(false);
    else return;
    event.preventDefault();
  }
}
