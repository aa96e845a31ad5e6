"""Code fences: a figure with the language, a copy button and, once final, highlighting."""

import re
from functools import cache
from html import escape, unescape

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

PRE = re.compile(
    r'<pre(?: data-sourcepos="(\d+):\d+-(\d+):\d+")?><code(?: class="language-([^"]*)")?>([^<]*)</code></pre>'
)
# A lexer is a pile of regular expressions: only well-trodden ones (Perl's takes quadratic time), and only as
# much code, in lines as long, as is read.
MAX_HIGHLIGHTED = 8_000
MAX_LINE = 1_000
_LANGUAGES = frozenset(
    """Bash|Batchfile|C|C#|C++|CSS|Clojure|Dart|Diff|Django/Jinja|Docker|Elixir|Erlang|Go|GraphQL|Groovy|HTML|
    HTTP|Haskell|INI|JSON|Java|JavaScript|Julia|Kotlin|Lua|Makefile|MySQL|Nginx configuration file|Objective-C|
    PHP|PostgreSQL SQL dialect|PowerShell|Properties|Python|R|Ruby|Rust|SCSS|SQL|Scala|Swift|TOML|
    Terraform|TypeScript|XML|YAML""".replace("\n    ", "").split("|")
)
_MAX_LABEL = 30
# First match wins; what is not here stays in the text's own color.
_CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment.Preproc, "k"),
    (Comment, "com"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (Name.Tag, "k"),
    (String, "str"),
    (Number, "num"),
)


def figure(pre: re.Match[str], sealed: bool) -> str:
    """The figure of one match of PRE; `sealed` code never changes again and is highlighted."""
    language, text = unescape(pre[3] or ""), pre[4].removesuffix("\n")
    alias = language.lower()
    label = _labels().get(alias, language[:_MAX_LABEL])
    if sealed and alias in _labels() and _readable(text):
        text = _highlight(unescape(text), alias)
    return (
        f'<figure class="code"><figcaption>{escape(label)} <button type="button" data-copy></button></figcaption>'
        f'<pre tabindex="0"><code>{text}</code></pre></figure>'
    )


def _readable(text: str) -> bool:
    return len(text) <= MAX_HIGHLIGHTED and max(map(len, text.split("\n"))) <= MAX_LINE


@cache
def _labels() -> dict[str, str]:
    """Alias of each supported language to the name shown; imports no lexer."""
    return {
        alias: name.split(" ")[0]
        for name, aliases, *_ in get_all_lexers(plugins=False)
        if name in _LANGUAGES
        for alias in aliases
    }


@cache
def _lexer(alias: str) -> Lexer:
    return get_lexer_by_name(alias, stripnl=False, ensurenl=False)


@cache
def _class(token: _TokenType) -> str:
    return next((name for kind, name in _CLASSES if token in kind), "")


def _highlight(code: str, alias: str) -> str:
    pieces: list[str] = []
    current, run = "", ""
    for token, value in _lexer(alias).get_tokens(code):
        name = _class(token)
        # Blanks have no color, so they need not end a run.
        if name != current and not value.isspace():
            pieces.append(_run(current, run))
            current, run = name, ""
        run += value
    pieces.append(_run(current, run))
    return "".join(pieces)


def _run(name: str, text: str) -> str:
    text = escape(text, quote=False)
    return f'<span class="{name}">{text}</span>' if name and text else text
