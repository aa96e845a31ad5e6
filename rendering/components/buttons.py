"""```buttons: a list of `{caption, href?}`; without `href` the caption is sent."""

from rendering.components.yaml import load
from rendering.links import ALLOWED_TARGET, link_button, reply_button

MAX_BUTTONS = 20
MAX_CAPTION = 200


def render(escaped: str) -> str | None:
    """A row of reply and link buttons, or None when an item is not a button."""
    items = load(escaped)
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list) or not 0 < len(items) <= MAX_BUTTONS:
        return None
    buttons = [_button(item) for item in items]
    return f'<div class="chips">{"".join(filter(None, buttons))}</div>' if all(buttons) else None


def _button(item: object) -> str | None:
    if not isinstance(item, dict) or not isinstance(item.get("caption"), str | int | float):
        return None
    caption, href = " ".join(str(item["caption"]).split()), item.get("href")
    if not caption or len(caption) > MAX_CAPTION:
        return None
    if href is None:
        return reply_button(caption)
    return link_button(caption, href) if isinstance(href, str) and ALLOWED_TARGET.match(href) else None
