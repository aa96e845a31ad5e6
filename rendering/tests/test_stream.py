"""The deltas of a stream always add up to what it holds, and sealed blocks never change."""

import random
import re

import pytest

from rendering import Change, Features, Splice, Stream, render
from rendering.change import splice
from rendering.markdown import Block, parse
from rendering.source import Source
from rendering.tests.client import Client
from rendering.tests.corpus import DOCUMENTS, documents, splits

ALL = Features(images=True)
OFF = Features(math=False, buttons=False)


def follow(text: str, features: Features, chance: random.Random) -> None:
    """Stream `text` in a random split with changes at random moments and check every promise."""
    stream, client = Stream(features), Client()
    sealed: list[str] = []

    def step() -> None:
        change = stream.change()
        if change:
            client.apply(change)
        snapshot = stream.snapshot()
        assert (snapshot.rev, snapshot.start, snapshot.splice) == (client.rev, 0, None)
        assert list(snapshot.blocks) == client.blocks
        assert snapshot.sealed >= client.sealed
        now = list(snapshot.blocks[: snapshot.sealed])
        assert now[: len(sealed)] == sealed
        sealed[:] = now

    for piece in splits(text, chance):
        stream.feed(piece)
        if chance.random() < 0.7:
            step()
    rendered = stream.finish()
    step()
    assert client.blocks == list(rendered.blocks)
    assert stream.snapshot().sealed == len(client.blocks)
    assert stream.change() is None
    assert rendered == render(text, features)
    assert rendered.html == "".join(client.blocks)


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("features", [ALL, OFF])
def test_document_in_random_splits(text: str, features: Features) -> None:
    chance = random.Random(text)
    for _ in range(12):
        follow(text, features, chance)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_document_one_character_at_a_time(text: str) -> None:
    stream, client = Stream(ALL), Client()
    for character in text:
        stream.feed(character)
        if change := stream.change():
            client.apply(change)
    rendered = stream.finish()
    if change := stream.change():
        client.apply(change)
    assert tuple(client.blocks) == rendered.blocks == render(text, ALL).blocks


@pytest.mark.parametrize("seed", range(20))
def test_random_documents_in_random_splits(seed: int) -> None:
    chance = random.Random(seed)
    for text in documents(seed, 60):
        follow(text, chance.choice((ALL, OFF)), chance)


def last_line(block: Block) -> int:
    match = re.search(r'data-sourcepos="[\d:]+-(\d+):', block.html)
    assert match
    return int(match[1])


@pytest.mark.parametrize("seed", range(5))
def test_blocks_cut_off_are_the_blocks_of_the_whole(seed: int) -> None:
    """Comrak finds the same first lines in a tail that starts at a block as in the whole text."""
    for text in documents(100 + seed, 60) + DOCUMENTS:
        source = Source()
        source.feed(text)
        source.close()
        whole = source.tail()
        blocks = parse(whole)
        lines = whole.split("\n")
        for number, block in enumerate(blocks):
            if block.tag == "table" and number and block.line == last_line(blocks[number - 1]) + 1:
                continue  # its head was a paragraph's last line: see Source.drop
            tail = parse("\n".join(lines[block.line - 1 :]))
            assert [b.line + block.line - 1 for b in tail] == [b.line for b in blocks[number:]], text


def test_first_change_is_long_and_growth_is_a_splice() -> None:
    stream = Stream(ALL)
    assert stream.change() is None
    stream.feed("Hello")
    assert stream.change() == Change(1, 0, 0, ("<p>Hello</p>",))
    stream.feed(" world")
    assert stream.change() == Change(2, 0, 0, (), Splice(8, 0, " world"))
    assert stream.change() is None
    assert stream.rev == 2
    assert stream.snapshot() == Change(2, 0, 0, ("<p>Hello world</p>",))


def test_next_block_seals_the_one_before_without_sending_it_again() -> None:
    stream = Stream(ALL)
    stream.feed("One\n\n")
    stream.change()
    stream.feed("Two")
    assert stream.change() == Change(2, 1, 1, ("<p>Two</p>",))


def test_long_block_that_ends_is_spliced_and_the_next_follows() -> None:
    stream, client = Stream(ALL), Client()
    for text in ("word " * 60, "end.\n\nNext"):
        stream.feed(text)
        change = stream.change()
        assert change
        client.apply(change)
    assert change.splice
    assert change.splice.insert == " end."
    following = stream.change()
    assert following
    assert (following.start, following.sealed, following.blocks) == (1, 1, ("<p>Next</p>",))


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        ("<p>a</p>", "<p>ab</p>", Splice(4, 0, "b")),
        ("<p>aa</p>", "<p>aaa</p>", Splice(5, 0, "a")),
        ("<p>a*b</p>", "<p>a<em>b</em></p>", Splice(4, 2, "<em>b</em>")),
        ("x" * 1000, "x" * 1001, Splice(1000, 0, "x")),
        ("x" * 700 + "y", "x" * 700 + "z", Splice(700, 1, "z")),
        ("", "a", Splice(0, 0, "a")),
        ("http://", "http:/", Splice(6, 1, "")),
    ],
)
def test_splice_is_what_differs(old: str, new: str, edit: Splice) -> None:
    assert splice(old, new) == edit


def test_offsets_are_told_in_utf16_units() -> None:
    stream = Stream(ALL)
    stream.feed("😀 a")
    stream.change()
    stream.feed("b")
    change = stream.change()
    assert change
    assert change.splice == Splice(6, 0, "b")
    assert change.utf16_splice() == Splice(7, 0, "b")


def test_half_surrogate_waits_for_its_other_half() -> None:
    stream = Stream(ALL)
    stream.feed("a\ud83d")
    assert stream.text == "a"
    stream.feed("\ude00\0b")
    assert stream.text == "a😀b"
    assert stream.finish().html == "<p>a😀b</p>"


def test_lone_half_surrogate_becomes_a_replacement_character() -> None:
    assert render("a\ude00b\ud83dc\ud83d", ALL).html == "<p>a\ufffdb\ufffdc\ufffd</p>"


def test_line_breaks_of_other_systems_in_any_split() -> None:
    stream = Stream(ALL)
    for piece in ("a\r", "\n\r", "\nb\r", "c"):
        stream.feed(piece)
    assert stream.finish().blocks == ("<p>a</p>", "<p>b\nc</p>")
    assert stream.text == "a\r\n\r\nb\rc"


@pytest.mark.parametrize("before", ["para\n", "- a\n", "1. a\n\n", "> q\n"])
@pytest.mark.parametrize("line", ["#tag", "***bold***", "2 apples", "1.5 m", "--x", "```a`b", "+x", "=x"])
def test_unfinished_line_never_seals_too_early(before: str, line: str) -> None:
    stream = Stream(ALL)
    for character in before + line + "\n\nend":
        stream.feed(character)
        stream.change()
    assert stream.finish() == render(before + line + "\n\nend", ALL)


def test_code_is_highlighted_when_the_next_block_begins() -> None:
    stream = Stream(ALL)
    stream.feed("```python\nimport os\n```\n")
    change = stream.change()
    assert change
    assert 'class="k"' not in change.blocks[0]
    stream.feed("Done")
    while stream.change():
        pass
    snapshot = stream.snapshot()
    assert snapshot.sealed == 1
    assert '<span class="k">import' in snapshot.blocks[0]


def test_finish_seals_and_tells_the_rest() -> None:
    stream = Stream(ALL)
    stream.feed("```python\nimport os\n```\n")
    stream.change()
    rendered = stream.finish()
    change = stream.change()
    assert change
    assert change.blocks == rendered.blocks
    assert change.sealed == 1
    assert stream.finish() == rendered
    with pytest.raises(ValueError, match="finished"):
        stream.feed("more")


def test_dear_block_is_rendered_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A render that took 10 ms of CPU is not repeated before 200 ms have passed."""
    cpu, wall = iter([0.0, 0.010, 0.010, 0.011]), [100.0]
    monkeypatch.setattr("rendering.stream.thread_time", lambda: next(cpu))
    monkeypatch.setattr("rendering.stream.monotonic", lambda: wall[0])
    stream = Stream(ALL)
    stream.feed("a")
    assert stream.change()
    stream.feed("b")
    wall[0] += 0.19
    assert stream.change() is None
    assert stream.snapshot().blocks == ("<p>a</p>",)
    wall[0] += 0.02
    change = stream.change()
    assert change
    assert change.splice == Splice(4, 0, "b")


def test_buttons_are_shown_when_their_fence_closes() -> None:
    stream = Stream(ALL)
    stream.feed("```buttons\n- caption: A\n")
    change = stream.change()
    assert change
    assert change.blocks == ('<div class="chips"></div>',)
    stream.feed("```")
    stream.change()
    assert stream.snapshot().blocks == render("```buttons\n- caption: A\n```", ALL).blocks


def test_table_head_that_was_a_paragraphs_line_begins_no_list() -> None:
    stream = Stream(ALL)
    for character in "text\n2) a | b\n---|---\n1 | 2\n":
        stream.feed(character)
        stream.change()
    assert [block[:3] for block in stream.finish().blocks] == ["<p>", "<di"]
