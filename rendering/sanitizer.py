"""The allowlist that all html passes last."""

from functools import lru_cache

from nh3 import Cleaner

from rendering.features import Features
from rendering.mathml import MATH_CLASSES


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SCHEMES = frozenset({"http", "https", "mailto"})
_TEXT_TAGS = _words(r"""a b blockquote br code del div em figcaption figure h3 h4 hr i li ol p pre s span strong
table tbody td th thead tr u ul""")
_MATH_TAGS = _words(r"""math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow
mspace msqrt msub msubsup msup mtable mtd mtext mtr munder munderover""")
_BOOLEAN = frozenset({"true", "false"})


@lru_cache(maxsize=64)
def cleaner(features: Features) -> Cleaner:
    """The sanitizer for a set of features, built once."""
    tags = set(_TEXT_TAGS)
    attributes = {"a": {"href", "title"}, "ol": {"start"}}
    values = {
        "a": {"target": {"_blank"}, "rel": {"noopener noreferrer", "noopener noreferrer nofollow"}},
        "div": {"tabindex": {"0"}},
        "pre": {"tabindex": {"0"}},
    }
    classes: dict[str, set[str]] = {
        "a": {"btn"},
        "div": {"chips", "tbl"},
        "figure": {"code"},
        "li": {"task"},
        "span": {"k", "str", "num", "com"},
        "td": {"n"},
        "th": {"n"},
    }
    # The copy button of a code figure is always there, so `button` does not depend on a feature.
    tags.add("button")
    attributes["button"] = {"data-copy", "data-reply"} if features.buttons else {"data-copy"}
    values["button"] = {"type": {"button"}}
    classes["button"] = {"chip"}
    if features.images:
        tags.add("img")
        attributes["img"] = {"src", "alt"}
        values["img"] = {"loading": {"lazy"}, "referrerpolicy": {"no-referrer"}}
    if features.math:
        tags |= _MATH_TAGS
        attributes |= {
            "mfrac": {"linethickness"},
            "mi": {"mathvariant"},
            "mo": {"lspace", "rspace", "minsize", "maxsize"},
            "mpadded": {"voffset", "width", "height", "depth", "lspace"},
            "mspace": {"width", "height", "depth"},
            "menclose": {"notation"},
            "mtd": {"columnspan", "rowspan"},
        }
        values |= {
            "math": {"display": {"block", "inline"}},
            "mo": {
                "form": {"prefix", "infix", "postfix"},
                "stretchy": set(_BOOLEAN),
                "symmetric": set(_BOOLEAN),
                "fence": set(_BOOLEAN),
                "separator": set(_BOOLEAN),
                "largeop": set(_BOOLEAN),
                "movablelimits": set(_BOOLEAN),
            },
            "mover": {"accent": set(_BOOLEAN)},
            "munder": {"accentunder": set(_BOOLEAN)},
            "munderover": {"accent": set(_BOOLEAN), "accentunder": set(_BOOLEAN)},
        }
        for tag in ("mfrac", "mrow", "mtable"):
            values[tag] = {"displaystyle": set(_BOOLEAN), "scriptlevel": {"0", "1", "2"}}
        for tag in ("menclose", "mfrac", "mpadded", "mrow", "mtable", "mtd", "mtext", "mi", "mo", "span"):
            classes[tag] = classes.get(tag, set()) | MATH_CLASSES
    return Cleaner(
        tags=tags,
        attributes=attributes,
        tag_attribute_values=values,
        allowed_classes=classes,
        link_rel=None,
        url_schemes=set(SCHEMES),
        url_relative="deny",
    )
