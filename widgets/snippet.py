"""What a site owner pastes, and what a strict policy of that site must allow."""

from typing import Any
from uuid import UUID

from django.utils.html import format_html


def snippet(widget_id: UUID | str, own: str) -> str:
    """The script element that shows the widget; ``own`` is this platform's origin."""
    return format_html('<script src="{}/widget.js" data-widget="{}" async></script>', own, widget_id)


def embedding(widget_id: UUID | str, own: str) -> dict[str, Any]:
    """The snippet, its inline and full-page forms, and the sources to add to a page's Content-Security-Policy."""
    page = f"{own}/integrations/widget/{widget_id}"
    return {
        "snippet": snippet(widget_id, own),
        "inline": format_html(
            '<script src="{}/widget.js" async></script>\n<chat-widget widget="{}" layout="inline"></chat-widget>',
            own,
            widget_id,
        ),
        "link": format_html('<a href="{}">Chat with us</a>', page),
        "frame": format_html('<iframe src="{}/frame" title="Chat" allow="clipboard-write"></iframe>', page),
        "csp": {"script-src": own, "frame-src": own, "connect-src": own},
    }
