"""What each construct becomes, with its feature on and off."""

import pytest

from rendering import Features, render

ON, OFF = Features(), Features(math=False, buttons=False)
REL = 'target="_blank" rel="noopener noreferrer nofollow"'


def html(text: str, features: Features = ON) -> str:
    return render(text, features).html


def test_headings_become_h3_and_h4() -> None:
    blocks = render("# A\n## B\n### C\n###### D\n\nE\n===", ON).blocks
    assert blocks == ("<h3>A</h3>", "<h3>B</h3>", "<h4>C</h4>", "<h4>D</h4>", "<h3>E</h3>")


def test_inline_markup() -> None:
    assert html("*a* **b** `c` ~~d~~  \ne") == (
        "<p><em>a</em> <strong>b</strong> <code>c</code> <del>d</del><br>\ne</p>"
    )


def test_links_open_elsewhere() -> None:
    assert (
        html('[a](https://a.b/?c=1&d "T")')
        == f'<p><a href="https://a.b/?c=1&amp;d" title="T" {REL}>a</a></p>'
    )
    assert html("https://a.b and www.c.d") == (
        f'<p><a href="https://a.b" {REL}>https://a.b</a> and <a href="http://www.c.d" {REL}>www.c.d</a></p>'
    )
    assert html("<a@b.cd>") == f'<p><a href="mailto:a@b.cd" {REL}>a@b.cd</a></p>'


def test_references_and_footnotes_stay_text() -> None:
    assert html("[a][1] and [1] and x[^1]\n\n[1]: /u\n\n[^1]: n") == (
        "<p>[a][1] and [1] and x[^1]</p><p>[1]: /u</p><p>[^1]: n</p>"
    )


def test_raw_html_is_text_and_swallows_nothing() -> None:
    assert html("<details>\n<b>x</b>\n\n**y**") == (
        "<p>&lt;details&gt;\n&lt;b&gt;x&lt;/b&gt;</p><p><strong>y</strong></p>"
    )
    assert html("a <!-- b") == "<p>a &lt;!-- b</p>"


def test_table_scrolls_and_numbers_align() -> None:
    assert html("| a | b |\n|---|--:|\n| c | 1 |") == (
        '<div class="tbl" tabindex="0"><table>\n<thead>\n<tr>\n<th>a</th>\n<th class="n">b</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td>c</td>\n<td class="n">1</td>\n</tr>\n</tbody>\n</table></div>'
    )


def test_lists() -> None:
    assert html("3. a\n4. b") == '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'
    assert html("- [ ] a\n- [x] b") == '<ul>\n<li class="task">☐ a</li>\n<li class="task">☑ b</li>\n</ul>'


def test_rule_and_quote() -> None:
    assert render("> a\n\n---\n", ON).blocks == ("<blockquote>\n<p>a</p>\n</blockquote>", "<hr>")


CHIP = '<button type="button" class="chip" data-reply="{0}">{0}</button>'


def test_reply_buttons() -> None:
    assert html("[Yes]() [No, *thanks* & bye]()") == (
        f'<div class="chips">{CHIP.format("Yes")} {CHIP.format("No, thanks &amp; bye")}</div>'
    )
    assert html("- [A]()\n- [B]()") == f'<div class="chips">{CHIP.format("A")}{CHIP.format("B")}</div>'
    assert html("Or [this]()?") == f"<p>Or {CHIP.format('this')}?</p>"
    assert html("[Yes]() [No]()", OFF) == "<p>Yes No</p>"


def test_link_buttons() -> None:
    button = '<a class="btn" href="https://a.b/" target="_blank" rel="noopener noreferrer">Go</a>'
    assert html("[Go](https://a.b/#button)") == f"<p>{button}</p>"
    assert html("[Go](https://a.b/#button)", OFF) == f'<p><a href="https://a.b/" {REL}>Go</a></p>'


def test_fence_of_buttons() -> None:
    fence = "```{}\n- caption: A\n- caption: Go\n  href: https://a.b\n```\n"
    row = (
        f'<div class="chips">{CHIP.format("A")}<a class="btn" href="https://a.b" target="_blank"'
        ' rel="noopener noreferrer">Go</a></div>'
    )
    assert html(fence.format("buttons")) == html(fence.format("button")) == row
    assert 'figure class="code"' in html(fence.format("buttons"), OFF)
    assert html("```button\ncaption: A\n```") == f'<div class="chips">{CHIP.format("A")}</div>'


@pytest.mark.parametrize("yaml", [
    "nonsense", "- a", "- caption: ''", "- href: https://a.b", "- caption: x\n  href: javascript:x",
    "- caption: x\n  href: 1", "- &a {caption: x}\n- *a", "[", "- caption: [x]", "- caption: " + "x" * 201,
    "- caption: x\n" * 21, "!!python/name:os.system", "",
])  # fmt: skip
def test_fence_that_is_not_buttons_stays_code(yaml: str) -> None:
    result = html(f"```buttons\n{yaml}\n```\n\nend")
    assert '<figure class="code"><figcaption>buttons ' in result
    assert "chip" not in result


@pytest.mark.parametrize("name", ["carousel", "card", "form"])
def test_fence_of_a_feature_that_is_off_is_code(name: str) -> None:
    assert f'<figure class="code"><figcaption>{name} ' in html(f"```{name}\n- title: x\n```")


def test_code_has_language_copy_button_and_colors() -> None:
    assert html("```python\nif x == 1:  # one\n    say('a<b')\n```") == (
        '<figure class="code"><figcaption>Python <button type="button" data-copy=""></button></figcaption>'
        '<pre tabindex="0"><code><span class="k">if </span>x == <span class="num">1</span>:  '
        '<span class="com"># one\n    </span>say(<span class="str">\'a&lt;b\'</span>)</code></pre></figure>'
    )


@pytest.mark.parametrize(
    ("info", "label"), [("", ""), ("klingon", "klingon"), ("JS", "JavaScript"), ("x" * 99, "x" * 30)]
)
def test_code_label(info: str, label: str) -> None:
    assert f"<figcaption>{label} <button" in html(f"```{info}\na\n```")


@pytest.mark.parametrize("code", ["x = 1\n" * 2000, "x = 1;" * 300])
def test_very_long_code_is_not_highlighted(code: str) -> None:
    assert "<span" not in html(f"```python\n{code}\n```")


def test_code_text_survives_highlighting() -> None:
    code = "\n\n  def f(a, *b):\n\treturn {'k': [1, 2.5, None]}  # ok\n\n\n# end"
    marked = html(f"```python\n{code}\n```")
    inner = marked[marked.index("<code>") + 6 : marked.index("</code>")]
    for tag in ("k", "str", "num", "com"):
        inner = inner.replace(f'<span class="{tag}">', "")
    assert inner.replace("</span>", "") == code


def test_formulas() -> None:
    assert html("so $x^2$ and \\(y\\)") == (
        "<p>so <math><msup><mi>x</mi><mn>2</mn></msup></math> and <math><mi>y</mi></math></p>"
    )
    for source in ("$$x$$", "\\[x\\]", "$$\nx\n$$", "\\[\nx\n\\]"):
        assert html(source) == '<math display="block"><mi>x</mi></math>'


def test_prices_are_not_formulas() -> None:
    assert html("from $5 to $6, or $7.50") == "<p>from $5 to $6, or $7.50</p>"


def test_display_formula_keeps_lines_that_look_like_blocks() -> None:
    assert render("$$\na\n+ b\n= c\n- d\n$$\nafter", ON).blocks[0].startswith('<p><math display="block">')
    assert len(render("$$\na\n+ b\n=\nc\n$$", ON).blocks) == 1


def test_styles_of_formulas_are_classes() -> None:
    result = html(r"$$\begin{aligned}a&=b\end{aligned} \color{red}x$$")
    assert 'class="m-end m-r0"' in result
    assert 'class="m-start m-l0"' in result
    assert 'class="m-red"' in result
    assert "style=" not in result.replace("displaystyle=", "")


def test_formula_with_an_error_is_its_source_as_code() -> None:
    assert html(r"$\foo{<b}$") == r"<p><code>\foo{&lt;b}</code></p>"


@pytest.mark.parametrize("text", ["$a*b*c$", r"\(a_1 < b\)", r"$$x \\ y$$", r"\[z\]", "$$\na\n+ b\n$$"])
def test_formula_with_math_off_is_its_source(text: str) -> None:
    assert html(text, OFF) == f"<p>{text.replace('<', '&lt;')}</p>"
    if "\n" not in text:  # a formula of several lines begins a line
        assert html(f"é *x* {text}", OFF) == f"<p>é <em>x</em> {text.replace('<', '&lt;')}</p>"


def test_too_deep_markup_is_shown_as_it_was_written() -> None:
    assert html(">" * 100 + " <b>") == "<p>" + "&gt;" * 100 + " &lt;b&gt;</p>"


def test_nothing_renders_to_nothing() -> None:
    assert render("", ON).blocks == render(" \n\n", ON).blocks == ()
