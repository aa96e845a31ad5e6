"""Markdown of our own files to html: real headings with the anchors that GitHub gives them, code with classes, tables that scroll."""

import re
from collections.abc import Callable
from html import unescape

import nh3
from comrak import ExtensionOptions, RenderOptions, render_markdown
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_FENCE = re.compile(r'<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>', re.DOTALL)
_TAGS = nh3.ALLOWED_TAGS | {"figure", "section", "input"}
_ATTRIBUTES = {
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "a": {"href", "class", "aria-label", "id"},
    "img": {"src", "alt", "width", "height"},
    "div": {"class", "tabindex"},
    "pre": {"tabindex"},
    "input": {"type", "checked", "disabled"},
    **{tag: {"class"} for tag in ("span", "code", "figure", "p", "li", "td", "th", "section")},
}


def to_html(markdown: str, place: Callable[[str], str | None]) -> tuple[str, str]:
    """The parser's html, with heading texts as data, and the page's: sanitized, links and pictures moved by ``place``."""
    extensions = ExtensionOptions()
    extensions.table = extensions.strikethrough = extensions.tasklist = extensions.footnotes = extensions.alerts = True
    extensions.header_id_prefix = ""
    rendering = RenderOptions()
    rendering.unsafe_ = True
    raw = render_markdown(markdown, extensions, None, rendering)
    html = _FENCE.sub(_code, raw)
    html = html.replace("<table>", '<div class="tbl" tabindex="0"><table>').replace("</table>", "</table></div>")
    html = html.replace(' align="right"', ' class="n"')

    def attribute(tag: str, name: str, value: str) -> str | None:
        return place(value) if name in ("href", "src") else value

    return raw, nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, attribute_filter=attribute, link_rel=None)


def _code(match: re.Match[str]) -> str:
    language, text = match[1] or "", unescape(match[2])
    try:
        inner = highlight(text, get_lexer_by_name(language), HtmlFormatter(nowrap=True))
    except ClassNotFound:
        inner = match[2]
    return f'<figure class="code"><pre tabindex="0"><code>{inner}</code></pre></figure>'
