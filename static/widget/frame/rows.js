/** The rows of one conversation, as the server numbers them. */
export class Rows {
  epoch = "";
  seq = 0;
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @returns {Row[]} */
  get list() {
    return [...this.#rows.values()].toSorted((a, b) => a.position - b.position);
  }

  get open() {
    return this.list.find((row) => row.type === "bot" && row.status === "open");
  }

  get(id) {
    return this.#rows.get(id);
  }

  at(position) {
    return this.list.find((row) => row.position === position);
  }

  put(rows) {
    for (const row of rows) {
      if (this.#rows.get(row.id)?.seq > row.seq) continue;
      if (row.deleted) this.#rows.delete(row.id);
      else this.#rows.set(row.id, row);
    }
  }
}

/** What is shown of one reply while it grows. */
export class Reply {
  attempt = 0;
  rev = 0;
  sealed = 0;
  /** @type {string[]} */
  blocks = [];

  /** Whether the row that ends it speaks of this. @param {Row} row */
  is({ attempt, rev, html, length }) {
    return attempt === this.attempt && rev === this.rev && length === html.length;
  }

  /** False where something is missing and the server must be asked. @param {Delta} delta */
  apply({ attempt, rev, from, sealed, blocks, at, del = 0, ins }) {
    if (attempt > this.attempt) Object.assign(this, { attempt, rev: 0, sealed: 0, blocks: [] });
    if (attempt < this.attempt || rev <= this.rev) return true;
    const next = rev === this.rev + 1;
    if (blocks) {
      if (from > this.blocks.length || (!next && from > this.sealed)) return false;
      this.blocks = [...this.blocks.slice(0, from), ...blocks];
      this.sealed = sealed;
    } else {
      if (!next || !this.blocks.length) return false;
      const open = this.blocks.pop();
      this.blocks.push(open.slice(0, at) + ins + open.slice(at + del));
    }
    this.rev = rev;
    return true;
  }
}
