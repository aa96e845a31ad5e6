"""Components that a bot writes as a fence of YAML: one module each, listed here by the fence's name.

A component takes the fence's escaped text and returns html (it passes the sanitizer afterwards), or None when
the text is not what it should be: then the fence stays code. Names whose feature is off are code as well.
"""

from collections.abc import Callable

from rendering.components import buttons
from rendering.features import Features

Component = Callable[[str], str | None]

_COMPONENTS: dict[str, tuple[str, Component]] = {
    "button": ("buttons", buttons.render),
    "buttons": ("buttons", buttons.render),
}
# Shown while the fence is still being written, instead of YAML that nobody should read.
WAITING = '<div class="chips"></div>'


def for_fence(name: str, features: Features) -> Component | None:
    """The component of a fence's info string, or None where it is code."""
    feature, component = _COMPONENTS.get(name.lower(), ("", None))
    return component if component and getattr(features, feature) else None


def components_of(features: Features) -> frozenset[str]:
    """What a bot may write, besides markdown, and have rendered: fences by their names, and `math`."""
    fences = {name for name, (feature, _) in _COMPONENTS.items() if getattr(features, feature)}
    return frozenset(fences | ({"math"} if features.math else set()))
