"""Operators' texts, cut into sentences for a translator and put together again, so that Markdown survives by construction.

Imports no models. Block marks, fences, tables and blank lines never reach a translator; what is inline are tags in a sentence.
"""

from widgets.markup.cutting import Cut, cut
from widgets.markup.nodes import Broken

__all__ = ["Broken", "Cut", "cut"]
