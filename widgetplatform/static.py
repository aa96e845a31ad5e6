"""Static files: names with a hash, modules that import each other by those names, brotli, served ahead of Django."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from django.core.files.base import ContentFile, File
from servestatic.asgi import ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

SQUEEZED = "widget/"
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}


class HashedStorage(CompressedManifestStaticFilesStorage):
    """``import … from "./x.js"`` becomes an import of the hashed name, so that no import map is needed.

    The widget's files lose comments, indentation and the names of locals on the way: every visitor of every site loads them.
    """

    support_js_module_import_aggregation = True

    def _save(self, name: str, content: File) -> str:
        media_type = MEDIA_TYPES.get(Path(name).suffix)
        if media_type and name.startswith(SQUEEZED):
            content.seek(0)  # Django read it already, to find its hash
            content = ContentFile(_squeezed(content.read().decode(), media_type).encode())
        return super()._save(name, content)


def _squeezed(text: str, media_type: str) -> str:
    """The same with fewer bytes; as it is on the one platform that has no wheel of the minifier."""
    try:
        import minify  # its Go runtime starts with the import, and only who collects needs it
    except ImportError:
        return text
    squeezed: str = minify.string(media_type, text)
    return squeezed


def static_app(app: Callable[..., Any]) -> Callable[..., Any]:
    """``app`` behind the files of STATIC_ROOT: hashed names forever, others revalidated; any site may load them."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return ServeStaticASGI(
        app,
        root=root,
        prefix=settings.STATIC_URL,
        autorefresh=settings.DEBUG,
        max_age=0,
        add_headers_function=_add_headers,
    )


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # pages with COEP refuse everything else
    headers["X-Content-Type-Options"] = "nosniff"
