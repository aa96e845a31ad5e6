import { config, plural, t } from "./page.js";

const NEAR_PX = 48;
const FAR_PX = 120;
const GAP_PX = 20;
const SHORT_PX = 96;
const { autoScroll } = config.features;

/** A reader wants an answer below its question, where that is short. */
function startOf(answer) {
  const question = answer.previousElementSibling;
  return question?.matches(".user") && question.offsetHeight < SHORT_PX ? question : answer;
}

/** Follows the end, where the widget does, only while the reader is near it, and holds a long answer at its start. */
export class Scroll {
  #log;
  #pill;
  #pinned = true;
  /** @type {HTMLElement} */
  #start = null;
  #at = 0;
  #news = 0;
  #height = 0;
  #more = false;
  constructor(log, pill) {
    this.#log = log;
    this.#pill = pill;
    log.addEventListener("scroll", () => this.#moved());
    pill.addEventListener("click", () => {
      this.toEnd();
      log.focus();
    });
    new ResizeObserver(() => this.#keep()).observe(log);
  }

  get #below() {
    const { scrollHeight, clientHeight, scrollTop } = this.#log;
    return scrollHeight - clientHeight - scrollTop;
  }

  get #atEnd() {
    return this.#below < NEAR_PX;
  }

  toEnd() {
    this.#start = null;
    this.#pinned = true;
    this.settle();
  }

  /** To something that waits for the visitor, where they follow. */
  toCard() {
    if (this.#pinned) this.toEnd();
  }

  /** After a change of the log. @param {HTMLElement} [answer] that has just begun */
  settle(answer) {
    const grown = this.#log.scrollHeight > this.#height;
    this.#height = this.#log.scrollHeight;
    if (answer) this.#start = startOf(answer);
    if (answer && !autoScroll) this.#pinned = false;
    if (answer && !this.#pinned) this.#news++;
    this.#more ||= grown;
    this.#keep();
  }

  #keep() {
    if (this.#pinned) {
      const end = this.#log.scrollHeight - this.#log.clientHeight;
      this.#log.scrollTop = this.#start ? Math.min(end, this.#start.offsetTop - GAP_PX) : end;
      this.#at = this.#log.scrollTop;
    }
    if (this.#atEnd) {
      this.#news = 0;
      this.#more = false;
    }
    this.#pill.hidden = !this.#news && !(this.#more && this.#below > FAR_PX);
    this.#pill.lastElementChild.textContent = this.#news ? plural("newMessages", this.#news) : t("more");
  }

  #moved() {
    if (Math.abs(this.#log.scrollTop - this.#at) < 2) return; // our own doing
    this.#at = this.#log.scrollTop;
    this.#pinned = autoScroll && this.#atEnd;
    this.#start = null;
    this.#keep();
  }
}
