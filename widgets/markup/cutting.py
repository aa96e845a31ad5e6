"""A text in parts: the sentences of it, and the text again with others in their place."""

from collections.abc import Iterator, Mapping, Sequence

from widgets.markup.blocks import cut_markdown
from widgets.markup.fences import write_scalar
from widgets.markup.nodes import Broken
from widgets.markup.parts import Part, Scalar, cut_plain, sentences_in
from widgets.markup.sentence import Sentence
from widgets.markup.shape import same_shape


class Cut:
    """``sentences`` are what is translated, in order; some may be the same."""

    def __init__(self, text: str, parts: Sequence[Part], *, is_markdown: bool) -> None:
        self.text = text
        self.sentences = tuple(sentences_in(parts))
        self._parts = parts
        self._is_markdown = is_markdown

    def rebuild(self, written: Mapping[Sentence, str]) -> str:
        """The text with what ``Sentence.put`` made of each sentence, by sentence. Raises Broken where that is another text."""
        text = _join(self._parts, written)
        # Values of components are words and code at once to the renderer: they are compared as they were.
        if self._is_markdown and not same_shape(_join(self._parts, written, scalars=False), self.text):
            raise Broken("has other blocks, links or buttons")
        return text


def cut(text: str, *, is_markdown: bool) -> Cut:
    """Take a text apart. Put together with its own sentences it is the same text, character by character."""
    parts = cut_markdown(text) if is_markdown else cut_plain(text)
    return Cut(text, parts, is_markdown=is_markdown)


def _join(parts: Sequence[Part], written: Mapping[Sentence, str], *, scalars: bool = True) -> str:
    return "".join(_each(parts, written, scalars))


def _each(parts: Sequence[Part], written: Mapping[Sentence, str], scalars: bool) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Sentence):
            yield written[part]
        elif isinstance(part, Scalar):
            value, old = _join(part.parts, written), "".join(_sources(part.parts))
            yield write_scalar(value, is_plain=part.is_plain) if scalars and value != old else part.source
        else:
            yield part


def _sources(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        yield part if isinstance(part, str) else part.source
