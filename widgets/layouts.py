"""Layouts: three shapes, and the older names that stand for them."""

BUBBLE, INLINE, FULLSCREEN = LAYOUTS = ("bubble", "inline", "fullscreen")
ALIASES = {
    "default": BUBBLE,
    "popover": BUBBLE,
    "popout": BUBBLE,
    "slideover": BUBBLE,
    "center": BUBBLE,
    "stretch": INLINE,
    "full screen": FULLSCREEN,
}
NAMES = (*LAYOUTS, *ALIASES)


def layout_of(name: str) -> str:
    """The shape that ``name`` stands for; an empty name is the bubble. ValueError lists what is allowed."""
    name = name.strip().lower()
    if name and name not in NAMES:
        raise ValueError(f"“{name[:100]}” is not a layout; allowed are {', '.join(NAMES)}")
    return ALIASES.get(name, name) or BUBBLE
