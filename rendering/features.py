"""Which kinds of rich content a widget renders."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Features:
    """The widget's toggles; what is off is shown as text.

    `images` allows pictures from other hosts; off, a picture is a link with its alternative text.
    """

    math: bool = True
    carousel: bool = False
    form: bool = False
    buttons: bool = True
    images: bool = False
