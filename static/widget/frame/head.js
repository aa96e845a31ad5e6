import { byId, setIcon, t } from "./page.js";

/** Header, menu and the question before a restart. */
export class Head {
  #max = byId("max");
  #whole = false;

  constructor(on) {
    const menu = byId("menu");
    const dialog = byId("dialog");
    const clicks = {
      max: () => on.size(!this.#whole),
      close: on.close,
      download: on.download,
      restart: () => dialog.showModal(),
      "keep-it": () => dialog.close(),
      "start-again": () => {
        dialog.close();
        on.restart();
      },
    };
    for (const id in clicks) byId(id)?.addEventListener("click", clicks[id]);
    menu.addEventListener("toggle", ({ newState }) => newState === "open" && menu.querySelector("button").focus());
    menu.addEventListener("click", () => menu.hidePopover(), true);
    addEventListener("blur", () => menu.hidePopover());
    addEventListener("keydown", ({ key }) => key === "Escape" && !dialog.open && !menu.matches(":popover-open") && on.close());
  }

  set status(status) {
    const node = byId("status");
    node.textContent = t(`status.${status}`);
    node.classList.toggle("off", status !== "ready");
    byId("bar").hidden = status !== "offline";
  }

  /** Whether the panel fills the window. */
  set whole(whole) {
    this.#whole = whole;
    if (!this.#max) return;
    setIcon(this.#max.firstElementChild, whole ? "minimize" : "maximize");
    this.#max.ariaLabel = t(whole ? "minimize" : "maximize");
  }
}
