"""Markdown of a bot to safe html, whole or while it streams. Plain data in and out, no models."""

from rendering.change import Change, Splice, utf16_length
from rendering.components import components_of
from rendering.features import Features
from rendering.plain import plain_text
from rendering.stream import Rendered, Stream, render

__all__ = ["Change", "Features", "Rendered", "Splice", "Stream", "components_of", "plain_text", "render", "utf16_length"]
