"""Markdown of our own files to html: real headings with the anchors that GitHub gives them, code with classes, tables that scroll."""

from collections.abc import Callable

import nh3
from comrak import ExtensionOptions, RenderOptions, render_markdown

from rendering.code import PRE, figure

_TAGS = nh3.ALLOWED_TAGS | {"button", "figcaption", "figure", "input", "section"}
_ATTRIBUTES = {
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "a": {"href", "class", "aria-label", "id"},
    "img": {"src", "alt", "width", "height"},
    "div": {"class", "tabindex"},
    "pre": {"tabindex"},
    "button": {"type", "data-copy"},
    "input": {"type", "checked", "disabled"},
    **{tag: {"class"} for tag in ("span", "code", "figure", "p", "li", "td", "th", "section")},
}


def to_html(markdown: str, place: Callable[[str], str | None]) -> tuple[str, str]:
    """The parser's html, with heading texts as data, and the page's: sanitized, links and pictures moved by ``place``."""
    extensions = ExtensionOptions()
    extensions.table = extensions.strikethrough = extensions.tasklist = extensions.footnotes = (
        extensions.alerts
    ) = True
    extensions.header_id_prefix = ""
    rendering = RenderOptions()
    rendering.unsafe_ = True
    raw = render_markdown(markdown, extensions, None, rendering)
    html = PRE.sub(lambda pre: figure(pre, sealed=True), raw)
    html = html.replace("<table>", '<div class="tbl" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    html = html.replace(' align="right"', ' class="n"')

    def attribute(_tag: str, name: str, value: str) -> str | None:
        return place(value) if name in ("href", "src") else value

    return raw, nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=attribute, link_rel=None)
