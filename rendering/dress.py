"""One block: comrak's html to what the widget shows."""

import re
from html import escape

from rendering import code, components
from rendering.features import Features
from rendering.links import dress_links
from rendering.markdown import Block
from rendering.mathml import dress_math, undress_math
from rendering.sanitizer import cleaner
from rendering.source import GUARD

_HEADING = re.compile(r"<(/?)h([1-6])")
_CELL = re.compile(r'<(t[dh])(?: data-sourcepos="[^"]*")? align="(\w+)"')
_TASK = re.compile(r'<li(?: data-sourcepos="[^"]*")?><input type="checkbox"( checked="")? disabled="" />')
# The sanitizer's tree takes quadratic time for deep nesting (measured: 6 s at 15,000); readers take none.
MAX_DEPTH = 60
_NESTING = re.compile(r"<(/?)(?:strong|em|del|blockquote|[uo]l)\b")


def dress(block: Block, source: str, features: Features, *, sealed: bool) -> str:
    """Safe html of one block of `source`; `sealed` when no further text can change it."""
    html = block.html
    if block.tag == "hr":
        return "<hr>"
    if html.count("<") > MAX_DEPTH and _too_deep(html):
        first, last = _lines(html)
        return _as_text("\n".join(source.split("\n")[first - 1 : last]))
    if "<span data-math" in html:
        html = dress_math(html) if features.math else undress_math(html, source)
    if "<pre" in html:
        html = code.PRE.sub(lambda pre: _fence(pre, source, features, sealed), html)
    if "<h" in html:
        html = _HEADING.sub(lambda tag: f"<{tag[1]}h{3 if tag[2] < '3' else 4}", html)
    if "<table" in html:
        html = html.replace("<table", '<div class="tbl" tabindex="0"><table').replace(
            "</table>", "</table></div>"
        )
        html = _CELL.sub(lambda cell: f"<{cell[1]}" + (' class="n"' if cell[2] == "right" else ""), html)
    if "<input" in html:
        html = _TASK.sub(lambda task: f'<li class="task">{"☑" if task[1] else "☐"}', html)
    if "<a " in html or "<img" in html:
        html = dress_links(html, features)
    return cleaner(features).clean(html)


def _fence(pre: re.Match[str], source: str, features: Features, sealed: bool) -> str:
    component = components.for_fence(pre[3] or "", features)
    if component:
        ended = sealed or _closed(source.split("\n"), int(pre[1]), int(pre[2]))
        html = component(pre[4]) if ended else components.WAITING
        if html is not None:
            return html
    return code.figure(pre, sealed)


def _closed(lines: list[str], first: int, last: int) -> bool:
    end = lines[last - 1].strip(" \t>") if last > first else ""
    return len(end) >= 3 and end in {"`" * len(end), "~" * len(end)}


def _too_deep(html: str) -> bool:
    depth = 0
    for match in _NESTING.finditer(html):
        depth += -1 if match[1] else 1
        if depth > MAX_DEPTH:
            return True
    return False


def _lines(html: str) -> tuple[int, int]:
    match = re.search(r'data-sourcepos="(\d+):\d+-(\d+):', html)
    if match is None:
        raise ValueError("a block of comrak has no source position")
    return int(match[1]), int(match[2])


def _as_text(markdown: str) -> str:
    return f"<p>{escape(markdown.replace(GUARD, ''), quote=False)}</p>"
