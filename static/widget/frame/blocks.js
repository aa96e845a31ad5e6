import { byId, icon, t } from "./page.js";

const allowed = byId("allowed").dataset;
const words = (list) => list.split(" ");
/** @type {any} */
const view = window;
const policy = view.trustedTypes?.createPolicy("chat-widget", { createHTML: (html) => html });
const sanitizer = view.Sanitizer && new view.Sanitizer({
  elements: [...words(allowed.html), ...words(allowed.math).map((name) => ({ name, namespace: "http://www.w3.org/1998/Math/MathML" }))],
  attributes: words(allowed.attributes),
  dataAttributes: true,
});

/** The only way of html into the frame: sanitized by the server, and again where the browser can. @returns {Element[]} */
export function parse(html) {
  /** @type {any} */
  const box = document.createElement("div");
  if (sanitizer) box.setHTML(html, { sanitizer });
  else box.innerHTML = policy ? policy.createHTML(html) : html;
  for (const button of box.querySelectorAll("[data-copy]")) button.append(icon("copy"), t("copy"));
  return [...box.children];
}

/** Makes `old` equal to `fresh` and keeps equal nodes: selections, focus and scroll positions stay. */
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.TEXT_NODE) {
    if (fresh.data.startsWith(old.data)) old.appendData(fresh.data.slice(old.length));
    else old.data = fresh.data;
    return;
  }
  const kept = [...old.childNodes];
  const wanted = [...fresh.childNodes];
  wanted.forEach((node, n) => {
    if (!kept[n]) old.append(node);
    else if (alike(kept[n], node)) morph(kept[n], node);
    else kept[n].replaceWith(node);
  });
  for (const node of kept.slice(wanted.length)) node.remove();
}

const alike = (a, b) => a.nodeName === b.nodeName && (!a.attributes || a.cloneNode().isEqualNode(b.cloneNode()));

/** The blocks of one reply. Sealed ones are never touched again. */
export class Blocks {
  #node;
  /** @type {{ html: string, nodes: Element[] }[]} */
  #blocks = [];
  constructor(node) {
    this.#node = node;
  }
  show(blocks) {
    blocks.forEach((html, n) => {
      const block = this.#blocks[n];
      if (block?.html === html) return;
      const nodes = parse(html);
      if (block && nodes.length === 1 && block.nodes.length === 1 && alike(block.nodes[0], nodes[0])) {
        morph(block.nodes[0], nodes[0]);
        block.html = html;
        return;
      }
      const next = this.#blocks.slice(n + 1).find(({ nodes: [first] }) => first);
      for (const node of nodes) this.#node.insertBefore(node, next?.nodes[0] ?? null);
      for (const node of block?.nodes ?? []) node.remove();
      this.#blocks[n] = { html, nodes };
    });
    for (const { nodes } of this.#blocks.splice(blocks.length)) for (const node of nodes) node.remove();
  }
}
