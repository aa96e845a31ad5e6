"""Documents that try to make a sealed block change, and a maker of more."""

import random

DOCUMENTS = [
    "Title\n===\n\npara\n---\n\nlast",
    "para\n- item\n- other\n\n\n- third\n\n  inside\n\nafter",
    "para\n#\npara\n#tag\n\n# real\n#tag",
    "- a\n\n- b\n\n  c\n\n1. x\n\n2. y\n\n2\n\n2x\n\n3) z\n",
    "1. a\n\n2",
    "1. a\n\n   b\n\n2. c\n   - d\n\n     e\n\nf",
    "- a\n***\n- b\n***bold***\n* c\n\n***bold*** end",
    "text\na | b\n--|--:\n1 | 2\n\nafter",
    "text\n\na | b\n--|--:\n1 | 2\nnot a row?\n\n# h",
    "text\n2) a | b\n---|---\n\n- x\n\n- --- y\n\ntext\n* \n:--\n    code",
    "a | b\n- | -\n\n| x |\n|---|x\n",
    "> quote\nlazy\n\n> other\n>\n> more\n- list\n> q",
    "    code\n\n\n    more\n\ntext\n    not code\n\n\tcode\n",
    "````md\n```py\nx = 1\n```\n````\n\n~~~\nopen ~~~\n",
    "```python\ndef f():\n    return '<b>'\n```\ntext\n```\nunfinished",
    "para\n``` a`b\nstill\n\n```a\nb\n```c\n```\n",
    "[a]: http://x.y 'title'\n\n[a] and [b]\n\n[b]: /url\n[c]:\n/url\n",
    "[^1] note\n\n[^1]: The note\n\n    more\n",
    "<details>\n<summary>x</summary>\n\n**bold**\n\n</details>\n<!-- c\n\nd -->\n<script>\n\nalert(1)</script>\n",
    "$$\na\n+ b\n= c\n- d\n$$\nafter\n\n\\[\nx\n=\ny\n\\]\n\n$$\nopen\n\n- list",
    "```sh\n$$\n- x\n```\n\n    $$\n- y\n\n$$ z\n```\n- q\n```\n",
    "Is it $5 or $6? $x^2$ \\(y\\) $$z$$ $unfinished",
    "[Yes]() [No]()\n\n- [A]()\n- [B]()\n\n[Go](https://a.b#button)",
    "```buttons\n- caption: A\n- caption: B\n  href: https://a.b\n```\n\n```buttons\n- nonsense\n```\n\n```button\ncaption: C",
    "😀 emoji 👩‍👩‍👧 **fett 😀**\n\n| 😀 | b |\n|-|-|\n| 𝒳 | `𝒴` |\n\n- 😀\r\n- 𝒳\r\rnew",
    "* a\n+ b\n- c\n\n\n1) d\n1. e\n",
    "- [ ] a\n- [x] b\n\n  - [ ] c\n",
    "![alt](http://a.b/c.png) [![in](http://a/b.png)](http://c.d)\n\n![x](data:image/png;base64,AA)",
    "line  \nbreak\\\nother\n\n***\n---\n___\n- - -\n* * *\n",
    "#\n\n##\ntext\n# a\n- b\n# c\n> d\n***\ne",
    "\n\n   \n  # x\n\n\n",
    "",
    " ",
    "\ufdd0[x]\ufdd0: y",
    "- a\n-\n- b\n\n-\n\n- c\n--\nd\n\n=\n",
    "> - a\n>\n>   b\n>\n> c\n\n> > d\n> e\nf\n\n- > g\n  > h\n\n  i\n",
]
_PIECES = (
    "a b|word|**|*|_|`|```|~~~|\n|\n|\n\n|\n\n|\n    |\n  |\t|- |* |+ |-|1. |2) |2|12|#|# |## |> |>|---|***|===|=|--|"
    "|\\|\\|a \\| b|\\|-\\|-\\||--\\|--|[x](|)|[x]()|](|[r]: |[r]|<div>|</div>|<!--|<http://a.b>|$|$$|\\\\(|\\\\)|\\\\[|\\\\]|"
    "\\\\|x^2|http://a.b/c|@|![|\r\n|\r|😀|é|```py\n|```buttons\n- caption: A\n|\0|&amp;|<|~~|[ ] |[^1]|[^1]: |:"
)


def pieces() -> list[str]:
    """Fragments with which blocks begin, end and change their minds."""
    marked = _PIECES.replace("\\|", "\x01").replace("\\\\", "\\")
    return [piece.replace("\x01", "|") for piece in marked.split("|") if piece]


def documents(seed: int, count: int) -> list[str]:
    """Documents of random fragments; the same for the same seed."""
    chance = random.Random(seed)
    choices = pieces()
    return ["".join(chance.choices(choices, k=chance.randint(2, 40))) for _ in range(count)]


def splits(text: str, chance: random.Random) -> list[str]:
    """`text` cut into pieces of a few characters, now and then a long one; half surrogates included."""
    if chance.random() < 0.5:
        raw = text.encode("utf-16-le", "surrogatepass")
        text = "".join(chr(int.from_bytes(raw[n : n + 2], "little")) for n in range(0, len(raw), 2))
    cuts, at = [], 0
    longest = chance.choice((1, 3, 8, 40))
    while at < len(text):
        size = chance.randint(1, longest)
        cuts.append(text[at : at + size])
        at += size
    return cuts
