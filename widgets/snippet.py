"""What a site owner pastes, and what a strict policy of that site must allow."""

from typing import Any
from uuid import UUID

from django.utils.html import format_html

from widgets.models import WidgetFile, WidgetIntegration


def snippet(widget_id: UUID | str, own: str) -> str:
    """The script element that shows the widget; ``own`` is this platform's origin."""
    return format_html('<script src="{}/widget.js" data-widget="{}" async></script>', own, widget_id)


def embedding(widget: WidgetIntegration, own: str) -> dict[str, Any]:
    """The snippet, its inline and full-page forms, and the sources to add to a page's Content-Security-Policy."""
    widget_id = widget.pk
    page = f"{own}/integrations/widget/{widget_id}"
    pictured = widget.attached_files.filter(type=WidgetFile.Type.BUTTON).exists()
    return {
        "snippet": snippet(widget_id, own),
        "inline": format_html(
            '<script src="{}/widget.js" async></script>\n<chat-widget widget="{}" layout="inline"></chat-widget>',
            own,
            widget_id,
        ),
        "link": format_html('<a href="{}">Chat with us</a>', page),
        "frame": format_html('<iframe src="{}/frame" title="Chat" allow="clipboard-write"></iframe>', page),
        "csp": {"script-src": own, "frame-src": own, "connect-src": own, **({"img-src": own} if pictured else {})},
    }
