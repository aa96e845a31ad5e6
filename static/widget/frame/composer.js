import { byId, config, keep, plural, recall, setIcon, t } from "./page.js";

const { messageBytes } = config.limits;
const encoder = new TextEncoder();

/** The field and its one button: send, or stop while the field is empty. */
export class Composer {
  #form = byId("composer");
  #field = byId("field");
  #button = byId("send");
  #error = byId("too-long");
  #busy = false;
  #on;

  constructor(on) {
    this.#on = on;
    this.#field.value = recall("draft") ?? "";
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => {
      // Enter may only end the composition of a character; Safari tells by keyCode alone.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (this.#field.value.trim()) this.#submit();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#changed();
  }

  /** Whether an answer is being written. */
  set busy(busy) {
    this.#busy = busy;
    this.#draw();
  }

  set placeholder(text) {
    this.#field.placeholder = text;
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  #submit() {
    const text = this.#field.value.trim();
    if (!text) return this.#busy && this.#on.stop();
    if (this.#excess > 0) return;
    this.#field.value = "";
    this.#changed();
    this.#on.send(text);
  }

  get #excess() {
    return encoder.encode(this.#field.value.trim()).length - messageBytes;
  }

  #changed() {
    const { value, style } = this.#field;
    keep("draft", value || null);
    if (!CSS.supports("field-sizing", "content")) {
      style.height = "auto";
      style.height = `${this.#field.scrollHeight}px`;
    }
    this.#error.hidden = this.#excess <= 0;
    this.#error.lastElementChild.textContent = plural("tooLong", this.#excess);
    this.#draw();
  }

  #draw() {
    const empty = !this.#field.value.trim();
    const stop = empty && this.#busy;
    setIcon(this.#button.firstElementChild, stop ? "stop" : "send");
    this.#button.ariaLabel = t(stop ? "stop" : "send");
    this.#button.ariaDisabled = `${!stop && (empty || this.#excess > 0)}`; // disabled would lose the focus
  }
}
