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
    menu.addEventListener("toggle", ({ newState }) => newState === "open" && menu.querySelector("button, summary").focus());
    menu.addEventListener("toggle", () => menu.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), true); // of the list, which may be long
    menu.addEventListener("click", ({ target }) => {
      if (target.closest("summary")) return;
      menu.hidePopover();
      const { lang } = target.closest("button")?.dataset ?? {};
      if (lang) on.language(lang);
    }, true);
    menu.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const items = [...menu.querySelectorAll("button, summary")].filter((item) => item.checkVisibility());
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
      event.preventDefault();
    });
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
