"""Web pages."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from .encoding import decoded

DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]{1,40})""", re.I)
HIDDEN = ["script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select"]
HEADINGS = {f"h{level}": f"{'#' * level} " for level in range(1, 7)}
LINES = "li, tr, dt, dd, caption, figcaption, summary, hr"
BLOCKS = (
    "address, article, aside, blockquote, center, details, div, dl, fieldset, figure, footer, form, header, main, nav, ol, p, pre, section, "
    "table, title, ul"
)
# Marks of ours outlive the collapsing of white space.
BREAK, TAB = "\ue000", "\ue001"


def pieces(data: bytes) -> Iterator[str]:
    """The title and what a reader sees; a line a block, headings and lists as in markdown, cells apart by tabs."""
    declared = DECLARED.search(data[:2048])
    source = decoded(data, declared[1].decode("ascii") if declared else "")
    tree = LexborHTMLParser(source.replace(BREAK, "").replace(TAB, ""))
    tree.strip_tags(HIDDEN, recursive=True)
    for node in tree.css("[hidden]"):
        node.decompose()
    for node in tree.css("pre"):
        node.inner_html = (node.inner_html or "").replace("\n", BREAK)
    for node in tree.css("td, th"):
        node.insert_after(TAB)
    for node in tree.css("br"):
        node.insert_after(BREAK)
    for node in tree.css(LINES):
        node.insert_before(f"{BREAK}- " if node.tag == "li" else BREAK)
    for node in tree.css(", ".join(HEADINGS)):
        node.insert_before(f"{BREAK}{BREAK}{HEADINGS[node.tag or '']}")
        node.insert_after(BREAK + BREAK)
    for node in tree.css(BLOCKS):
        node.insert_before(BREAK)
        node.insert_after(BREAK + BREAK if node.tag in {"p", "pre", "table", "title", "ol", "ul"} else BREAK)
    text = tree.root.text(separator="") if tree.root is not None else ""
    for line in re.sub(r"\s+", " ", text).split(BREAK):
        yield line.replace(TAB, "\t").strip(" \t") + "\n"
