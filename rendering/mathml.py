"""Formulas: LaTeX in comrak's spans to MathML, or back to their source."""

import re
from functools import cache, lru_cache
from html import escape, unescape

from math_core import LatexError, LatexToMathML

from rendering.latex import convertible

_SPAN = re.compile(
    r'<span data-math-style="(inline|display)" data-sourcepos="(\d+):(\d+)-(\d+):(\d+)">([^<]*)</span>'
)
_ALONE = re.compile(
    r'<p(?: data-sourcepos="[^"]*")?>(<math display="block">(?:(?!</?p\b).)*</math>)</p>', re.S
)
MAX_MATHML = 60_000
_STYLE = re.compile(r' style="([^"]*)"')
_REFERENCE = re.compile(r'<a href="[^"]*">|</a>| id="[^"]*"')
# math-core's declarations, written as classes because the frame's policy drops style attributes.
_CLASSES = {
    "text-align:left": "m-start",
    "text-align:right": "m-end",
    "padding-left:0": "m-l0",
    "padding-right:0": "m-r0",
    "padding-left:1em": "m-l1",
    "width:100%": "m-wide",
    "width:50%": "m-half",
    "width:7.5%": "m-edge",
}
_COLOR_NAMES = ("red", "orange", "green", "blue", "purple")
MATH_CLASSES = frozenset(
    {*_CLASSES.values(), "m-bl", "m-br", "m-bt", "m-bb", "m-dash", "m-gray"}
    | {f"m-{name}" for name in _COLOR_NAMES}
    | {f"menclose-{kind}" for kind in ("phasorangle", "updiagonalstrike", "downdiagonalstrike")}
    | {"math-core-sans-serif-font", "math-core-serif-font"}
)


def dress_math(html: str) -> str:
    """Comrak's math spans as MathML; a paragraph that is one display formula loses its `<p>`."""
    html = _SPAN.sub(lambda span: mathml(unescape(span[6]), span[1] == "display"), html)
    return _ALONE.sub(r"\1", html) if '<math display="block">' in html else html


def undress_math(html: str, source: str) -> str:
    """Comrak's math spans as they were written in `source`, the markdown that `html` came from."""
    lines = source.split("\n")

    def written(span: re.Match[str]) -> str:
        first, start, last, end = (int(span[n]) for n in (2, 3, 4, 5))
        content = unescape(span[6])
        cut = [line.encode() for line in lines[first - 1 : last]]
        cut[-1] = cut[-1][:end]
        cut[0] = cut[0][start - 1 :]
        text = b"\n".join(cut).decode(errors="replace")
        for opening, closing in (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")):
            if text.startswith(opening) and text.endswith(closing):
                return escape(opening + content + closing, quote=False)
        fence = "$$" if span[1] == "display" else "$"
        return escape(fence + content + fence, quote=False)

    return _SPAN.sub(written, html)


@lru_cache(maxsize=1024)
def mathml(source: str, display: bool) -> str:
    """MathML of one formula, or its source as code when it cannot be converted."""
    try:
        if not convertible(source):
            return _code(source)
        math = _converter().convert_with_local_state(source.strip(), displaystyle=display)
    except LatexError:
        return _code(source)
    if len(math) > MAX_MATHML:
        return _code(source)
    return _STYLE.sub(_classes, _REFERENCE.sub("", math))


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, max_expansions=1)


def _code(source: str) -> str:
    return f"<code>{escape(source.strip(), quote=False)}</code>"


def _classes(style: re.Match[str]) -> str:
    names: list[str] = []
    for declaration in style[1].split(";"):
        key, _, value = declaration.replace(" ", "").partition(":")
        if f"{key}:{value}" in _CLASSES:
            names.append(_CLASSES[f"{key}:{value}"])
        elif key.startswith("border-"):
            names.append(f"m-b{key[7]}")
            if "dashed" in value:
                names.append("m-dash")
        elif key == "color":
            names.append(f"m-{_color(value)}")
    return f' class="{" ".join(dict.fromkeys(names))}"' if names else ""


def _color(value: str) -> str:
    """The nearest of our color names, which the theme can keep readable."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        return "gray"
    red, green, blue = (int(value[n : n + 2], 16) for n in (1, 3, 5))
    high, low = max(red, green, blue), min(red, green, blue)
    if high - low < 40:
        return "gray"
    if red == high:
        if blue > green + 60:
            return "purple"
        return "orange" if green > low + (high - low) * 0.4 else "red"
    if green == high:
        return "green"
    return "purple" if red > low + (high - low) * 0.4 else "blue"
