// Says beside each inheritable field where its value comes from, as a person types, resets and chooses another blueprint.
// Without it the server says so when the page is loaded, and an emptied field is reset too.
addEventListener("DOMContentLoaded", () => {
  const { jQuery } = window.django; // the search fields tell of a choice by its events only
  const lines = [...document.querySelectorAll(".cw-source")].map((element) => new SourceLine(element));
  jQuery(document).on("input change", "form", () => lines.forEach((line) => line.update()));
  for (const line of lines) line.reset.addEventListener("click", () => line.clear());

  const blueprint = document.querySelector("[data-inherited]");
  if (!blueprint) return;
  const stored = blueprint.value; // a widget that leaves it keeps what it had from it
  let asked = 0;
  jQuery(blueprint).on("change", async () => {
    const turn = ++asked;
    const giving = blueprint.value || stored;
    const query = giving ? `?${new URLSearchParams({ blueprint: giving })}` : "";
    const answer = await fetch(blueprint.dataset.inherited + query).catch(() => null);
    const values = answer?.ok ? await answer.json() : null;
    if (!values || turn !== asked) return;
    for (const line of lines) line.inherit(values[line.name]);
  });
});

class SourceLine {
  #element;
  #inputs;
  #box;
  #emptiable;

  constructor(element) {
    this.#element = element;
    this.name = element.dataset.source;
    this.reset = element.querySelector(".cw-reset");
    const controls = [...element.closest("form").elements];
    this.#inputs = controls.filter((control) => control.name === this.name);
    this.#box = controls.find((control) => control.name === `${this.name}-empty`);
    this.#emptiable = "emptiable" in element.dataset;
    this.reset.hidden = false;
  }

  get #text() {
    return this.#inputs.some((input) => (input.type === "radio" ? input.checked && input.value : input.value.trim()));
  }

  update() {
    const empty = Boolean(this.#box?.checked);
    this.#element.classList.toggle("cw-own", Boolean(this.#text) || empty);
    if (this.#box) this.#box.closest("label").hidden = Boolean(this.#text) || !(empty || this.#emptiable);
  }

  clear() {
    for (const input of this.#inputs) {
      if (input.type === "radio") input.checked = input.value === "";
      else input.value = "";
    }
    if (this.#box) this.#box.checked = false;
    const first = this.#inputs.find((input) => input.type !== "radio" || input.checked);
    window.django.jQuery(first).trigger("change");
    first.focus();
  }

  inherit({ source, given, words, emptiable, hint }) {
    const from = this.#element.querySelector(".cw-from");
    from.textContent = source;
    from.classList.toggle("cw-given", given);
    this.#element.querySelector(".cw-value").textContent = words;
    this.#emptiable = emptiable;
    for (const input of this.#inputs) if ("placeholder" in input) input.placeholder = hint;
    this.update();
  }
}
