// Brings each language into the table as it is done, and begins the preview. Without it the page is as it was when it was loaded.
const POLL_MS = 1500;
const POLL_MS_MAX = 30000;

const targetsOf = (row) => [...row.querySelectorAll("a, summary")];

class Progress {
  #element;
  #status;
  #bar;
  #waiting;
  #held = new Map();
  #pause = POLL_MS;

  constructor(element) {
    this.#element = element;
    this.#status = element.querySelector("[role=status]");
    this.#bar = element.querySelector("progress");
    this.#waiting = new Set([...document.querySelectorAll("tr[data-pending]")].map((row) => row.dataset.language));
    document.addEventListener("toggle", () => this.#place(), true);
  }

  async follow() {
    while (this.#waiting.size) {
      await new Promise((done) => setTimeout(done, this.#pause));
      const answer = await fetch(`${this.#element.dataset.url}?${this.#query()}`).catch(() => null);
      if (answer?.redirected) return; // logged out
      if (answer?.ok) this.#take(await answer.json());
      this.#pause = answer?.ok ? POLL_MS : Math.min(this.#pause * 2, POLL_MS_MAX);
    }
  }

  #query() {
    const preview = new URLSearchParams(location.search).get("preview");
    return new URLSearchParams({ pending: [...this.#waiting].join(), ...(preview && { preview }) });
  }

  #take({ pending, done, said, rows }) {
    if (this.#status.textContent !== said) this.#status.textContent = said;
    this.#bar.value = done;
    this.#bar.hidden = !pending.length;
    for (const language in rows) this.#held.set(language, rows[language]);
    this.#waiting = new Set(pending);
    this.#place();
  }

  /** Not while somebody writes in that row. The focus stays where it is. */
  #place() {
    for (const [language, html] of this.#held) {
      const row = document.getElementById(`language-${language}`);
      if (!row || row.querySelector("details[open]")) continue; // none: added since the page was loaded
      const focused = targetsOf(row).indexOf(document.activeElement);
      const template = document.createElement("template");
      template.innerHTML = html;
      const fresh = template.content.querySelector("tr");
      row.replaceWith(fresh);
      targetsOf(fresh)[focused]?.focus();
      this.#held.delete(language);
    }
  }
}

const progress = document.querySelector(".cw-progress");
if (progress) new Progress(progress).follow();

const frame = document.querySelector(".cw-preview iframe");
if (frame) {
  frame.addEventListener("load", () => {
    const page = { url: location.origin + location.pathname, title: document.title };
    frame.contentWindow.postMessage({ type: "cw:init", layout: "fullscreen", keyboard: false, maximized: false, unread: 0, functions: [], page }, location.origin);
  });
  frame.src = frame.dataset.src;
}

// An editor takes the focus, and Escape closes it.
document.addEventListener("toggle", ({ target }) => target.open && target.querySelector(".cw-editor :is(input[type=text], textarea)")?.focus(), true);
document.addEventListener("keydown", (event) => {
  const editor = event.key === "Escape" && event.target.closest(".cw-edit[open]");
  if (!editor) return;
  editor.open = false;
  editor.querySelector("summary").focus();
});
