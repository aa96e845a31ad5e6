"""Which formulas the converter may meet."""

import re
from unicodedata import category


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The converter (math-core 0.9.0) recurses, so deep nesting ends the process (a stack of 256 KiB is gone at 500
# levels), and each opening fence without its closing one doubles its time (24 take 0.2 s, 50 months).
MAX_SOURCE = 2_000
MAX_DEPTH = 60
MAX_UNCLOSED = 8

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[{}()\[\]^_]|[^\x00-\x7f]", re.DOTALL)
_MACRO = re.compile(r"\\(?:re)?newcommand|\\providecommand|\\[gex]?def(?![a-zA-Z])|\\let(?![a-zA-Z])")
# Every other command that begins with \l counts as an opening fence: \langle, \lfloor, \lVert, \llbracket …
_NO_FENCE = _words(r"""\label \lambda \ldots \le \left \leftarrow \leq \leqslant \lg \lim \liminf \limits \limsup
\ll \ln \log \longrightarrow \lt""")
_OPENING = re.compile(r"\\(?:l[a-zA-Z]+|[bB]igg?l|mathopen|[ul]lcorner|\{)$")
_CLOSING = re.compile(r"\\(?:r(?:angle|brace|brack|ceil|floor|group|moustache|paren|[vV]ert)|[bB]igg?r|\})$")


def convertible(source: str) -> bool:
    """Whether a formula is short, flat, closed and free of macros enough to be converted."""
    if len(source) > MAX_SOURCE or _MACRO.search(source):
        return False
    groups = [0]  # opening fences that wait for their end, by group
    unclosed = chain = end = environments = 0
    for match in _TOKEN.finditer(source):
        part = match[0]
        if part == "{":
            groups.append(0)
        elif part == "}":
            unclosed += groups.pop()
            groups = groups or [0]
        elif part in {r"\left", r"\begin"}:
            environments += 1
        elif part in {r"\right", r"\end"}:
            environments = max(0, environments - 1)
        elif _opens(part):
            groups[-1] += 1
        elif _closes(part):
            groups[-1] = max(0, groups[-1] - 1)
        # A command may take the next one as its argument without braces: \sqrt\sqrt x.
        chain = chain + 1 if not source[end : match.start()].strip() else 0
        end = match.end()
        if len(groups) + environments + chain > MAX_DEPTH or unclosed + groups[-1] > MAX_UNCLOSED:
            return False
    return unclosed + sum(groups) <= MAX_UNCLOSED


def _opens(part: str) -> bool:
    if len(part) == 1:
        return part in "([" or (part > "\x7f" and category(part) in {"Ps", "Pi"})
    return part not in _NO_FENCE and _OPENING.match(part) is not None


def _closes(part: str) -> bool:
    if len(part) == 1:
        return part in ")]" or (part > "\x7f" and category(part) in {"Pe", "Pf"})
    return _CLOSING.match(part) is not None
