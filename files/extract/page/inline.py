"""What stands in a line of a web page, as Markdown: emphasis, links and code; everything else is plain text, its marks escaped."""

import re

from selectolax.lexbor import LexborNode

from .document import absolute

SPACE = re.compile(r"[\s\u00a0]+")
INVISIBLE = re.compile("[\u00ad\u200b\u200c\u2060\ufeff\ue000-\uf8ff]")
# `_` inside of a word is no mark, and a backslash before a letter neither; both occur in codes and paths.
MARKS = re.compile(r"[`*]|(?<![^\W_])_|_(?![^\W_])|~~|\\(?=[!-'*-/:-@^_`{-~])|<(?=[a-zA-Z/!?])|\](?=[(\[])")
LINE_START = re.compile(r"(?m)^(#{1,6}(?=\s|$)|>|[+-](?=\s|$)|[-=]+(?=\s*$)|\|)")
NUMBERED = re.compile(r"(?m)^(\d{1,9})([.)])(?=\s|$)")
BREAK = "\n"
WRAPPED = {
    "strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~",
}  # fmt: skip
CODE = {"code", "kbd", "samp", "tt"}
ESCAPED_IN_URL = str.maketrans(
    {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", "|": "%7C"}
)


def escaped(text: str) -> str:
    """Plain text as Markdown that shows just that, white space collapsed."""
    return MARKS.sub(lambda match: "".join("\\" + mark for mark in match[0]), _collapsed(text))


def inline(node: LexborNode, base: str, depth: int) -> str:
    """One node of a line; ``depth`` is how many levels of elements are still followed. May begin and end with a space."""
    if node.is_text_node:
        return escaped(node.text_content or "")
    tag = node.tag or ""
    if tag == "br":
        return BREAK
    if tag in CODE:
        return code_span(plain(node))
    if depth <= 0:
        return escaped(plain(node))
    text = "".join(inline(child, base, depth - 1) for child in children(node))
    if tag == "a":
        return _link(text, absolute(base, node.attributes.get("href") or ""))
    if tag == "q":
        return f"“{text.strip()}”"
    return wrapped(WRAPPED[tag], text) if tag in WRAPPED else text


def paragraph(text: str) -> str:
    """Inline pieces as a paragraph: no line of it begins something else."""
    lines = [SPACE.sub(" ", line).strip() for line in text.split(BREAK)]
    joined = re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
    safe = NUMBERED.sub(r"\1\\\2", LINE_START.sub(r"\\\1", joined))
    return safe.replace("\n", "  \n")


def one_line(text: str) -> str:
    """Inline pieces without a break."""
    return SPACE.sub(" ", text).strip()


def wrapped(mark: str, text: str) -> str:
    """``mark`` on both sides, where Markdown wants it: at the words, not at the space around them."""
    bare = text.strip()
    if not bare or BREAK in bare or mark in bare:
        return text
    start = text.index(bare)
    return f"{text[:start]}{mark}{bare}{mark}{text[start + len(bare) :]}"


def code_span(text: str) -> str:
    """Text as code within a line."""
    bare = _collapsed(text).strip()
    if not bare:
        return ""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", bare)), default=0))
    pad = " " if bare.startswith("`") or bare.endswith("`") else ""
    return f"{ticks}{pad}{bare}{pad}{ticks}"


def plain(node: LexborNode) -> str:
    """All text below a node as it was written, with its line breaks."""
    words = []
    for each in node.traverse(include_text=True):
        if each.is_text_node:
            words.append(each.text_content or "")
        elif each.tag == "br":
            words.append(BREAK)
    return INVISIBLE.sub("", "".join(words))


def children(node: LexborNode) -> list[LexborNode]:
    """Elements and texts directly below, comments left out."""
    return [each for each in node.iter(include_text=True) if each.is_text_node or each.is_element_node]


def _collapsed(text: str) -> str:
    return SPACE.sub(" ", INVISIBLE.sub("", text))


def _link(text: str, url: str) -> str:
    label = SPACE.sub(" ", text).strip()
    if url and not re.search(r"\w", label):
        return ""  # a sign that leads to the heading itself, or to what a tooltip says
    if not url or label.count("[") != label.count("]"):
        return text
    before, after = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
    return f"{before}[{label}]({SPACE.sub('', url.strip().translate(ESCAPED_IN_URL))}){after}"
