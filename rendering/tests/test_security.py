"""Nothing but the allowlist comes out, at any moment of a stream."""

import subprocess
import sys
from pathlib import Path

import pytest

from rendering import Features, Stream, render
from rendering.tests.payloads import PAYLOADS, judge

FEATURES = [Features(), Features(images=True), Features(math=False, buttons=False)]


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("html", [
    "<script>x</script>", '<a href="javascript:x">x</a>', '<a href="/x">x</a>', '<p style="x">x</p>', "<!-- x -->",
    '<p onclick="x">x</p>', '<img src="http://a.b">', '<a href="http://a.b" id="x">x</a>', '<p class="panel">x</p>',
])  # fmt: skip
def test_judge_refuses(html: str) -> None:
    with pytest.raises(AssertionError):
        judge(html)


@pytest.mark.parametrize("features", FEATURES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_prefix_of_a_stream_is_on_the_allowlist(payload: str, features: Features) -> None:
    stream = Stream(features)
    for character in payload:
        stream.feed(character)
        stream.change()
        judge("".join(stream.snapshot().blocks), images=features.images)
    judge(stream.finish().html, images=features.images)


@pytest.mark.parametrize("features", FEATURES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_inside_other_blocks(payload: str, features: Features) -> None:
    for before in ("> ", "- ", "# ", "| a |\n|---|\n| ", "text ", "**", "[", "```\n"):
        judge(render(f"{before}{payload}\n\nafter {payload}", features).html, images=features.images)


def test_forbidden_target_leaves_the_text_and_no_button() -> None:
    html = render(
        "[a](javascript:x) [b](data:,x) [c](/x) [d](javascript:x#button) [e](ftp://x.y)", Features()
    ).html
    assert html == "<p>a b c d e</p>"


def test_remote_picture_is_a_link_with_its_text() -> None:
    rel = 'target="_blank" rel="noopener noreferrer nofollow"'
    assert (
        render("![A cat](https://a.b/c.png)", Features()).html
        == f'<p><a href="https://a.b/c.png" {rel}>A cat</a></p>'
    )
    assert render("[![A cat](https://a.b/c.png)](https://d.e)", Features()).html == (
        f'<p><a href="https://d.e" {rel}>A cat</a></p>'
    )
    assert render("![x](data:image/png;base64,AA)", Features()).html == "<p>x</p>"


def test_remote_picture_where_allowed() -> None:
    assert render("![A cat](https://a.b/c.png)", Features(images=True)).html == (
        '<p><img src="https://a.b/c.png" alt="A cat" loading="lazy" referrerpolicy="no-referrer"></p>'
    )


@pytest.mark.parametrize("formula", [
    "(" * 200, "[" * 200, r"\langle " * 60, "{(}" * 60 + ")" * 60, r"\bigl( " * 40, "⟨" * 100, "(x " * 60,
    r"\sqrt{" * 300 + "x" + "}" * 300, r"\sqrt" * 350 + "x", "x" + "^{x" * 400 + "}" * 400, r"\left(" * 300,
    r"\newcommand{\a}{\a\a}\a", r"\def\a{\a\a}\a", "x" * 3000,
])  # fmt: skip
def test_formula_that_the_converter_cannot_bear_is_code(formula: str) -> None:
    html = render(f"$${formula}$$", Features()).html
    assert "<math" not in html
    assert "<code>" in html


@pytest.mark.parametrize("text", [
    ">" * 5000, "- " * 5000 + "x", "*" * 5000 + "a" + "*" * 5000, "**a " * 2000 + "b** " * 2000, "[" * 20000,
    "```buttons\n" + "[" * 3000, "```buttons\n" + "- " * 1900, "~~a " * 3000, "a" * 30000, "```c\n" + "{" * 30000,
])  # fmt: skip
def test_deep_or_huge_markup_ends_in_safe_html(text: str) -> None:
    html = render(text, Features()).html
    judge(html)
    assert html


def test_deepest_accepted_formulas_fit_a_small_stack() -> None:
    """A thread with 512 KiB of stack (macOS's default) survives the deepest formulas that are let through."""
    program = """
import threading
from rendering import Features, render
threading.stack_size(512 * 1024)
forms = [r'\\sqrt{' * 29 + 'x' + '}' * 29, 'x' + '^{x' * 28 + '}' * 28, r'\\left(' * 50 + 'x' + r'\\right)' * 50,
         r'\\sqrt' * 58 + ' x', '{' * 29 + 'x' + '}' * 29, r'\\sqrt[3]' * 200 + 'x', '(' * 8 + 'x']
thread = threading.Thread(target=lambda: [render(f'$${form}$$', Features()) for form in forms])
thread.start(); thread.join(); print('alive')
"""
    root = Path(__file__).parents[2]
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stdout == "alive\n", result.stderr
