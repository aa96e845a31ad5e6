"""The ASGI application: hot paths from memory, static files, Django, and the conversation's socket."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "widgetplatform.settings")

import django

django.setup(set_prefix=False)  # loads the apps; what follows imports models

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from sessions_api.consumers import ConversationConsumer  # noqa: E402
from widgetplatform.background import ensure_started, stop_all  # noqa: E402
from widgetplatform.bodies import BodyLimit  # noqa: E402
from widgetplatform.handler import PooledHandler  # noqa: E402
from widgetplatform.hotpath import HotPath  # noqa: E402
from widgetplatform.static import static_app  # noqa: E402

routes = ProtocolTypeRouter(
    {
        "http": HotPath(static_app(BodyLimit(PooledHandler()))),
        "websocket": URLRouter([path("ws/v1/conversation", ConversationConsumer.as_asgi())]),
    }
)

# Modules, models and routes stay as long as the process: the collector need not stop everything (100 ms) to look through them again.
gc.collect()
gc.freeze()


async def application(scope, receive, send):  # type: ignore[no-untyped-def]
    """Start the background services with the first scope; not every ASGI server has a lifespan."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    await ensure_started()
    await routes(scope, receive, send)


async def _lifespan(receive, send):  # type: ignore[no-untyped-def]
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await ensure_started()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop_all()  # under our own server it is done already, and asking again does nothing
            await send({"type": "lifespan.shutdown.complete"})
            return
