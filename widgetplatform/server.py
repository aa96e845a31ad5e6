"""uvicorn as we run it. ``python -m widgetplatform.server`` serves production: ``HOST``, ``PORT``, ``WEB_WORKERS``."""

import os
import socket
from pathlib import Path

from prometheus_client import multiprocess as prometheus
from uvicorn import Config, Server
from uvicorn.supervisors import multiprocess

from widgetplatform import background
from widgetplatform.env import env_int, env_str

SOCKET_BYTES = 1_048_576  # a larger frame closes the connection; the consumer's own limit is smaller and answers
GRACEFUL_SECONDS = 1  # for requests under way at the stop; replies are rows and go on elsewhere
KEEP_ALIVE_SECONDS = 65  # longer than the 60 s of common proxies, so that they never write to a connection being closed


class GracefulServer(Server):
    """Says good-bye on open sockets before it closes them; uvicorn would tell the application only afterwards."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, drain, close connections, stop the services."""
        for server in self.servers:
            server.close()
        await background.drain_all()
        await super().shutdown(sockets)
        await background.stop_all()
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            prometheus.mark_process_dead(os.getpid())


class Worker(multiprocess.Process):
    """A process of uvicorn's supervisor that runs our server."""

    @property
    def server(self) -> Server:
        """The server of this process."""
        if self._server is None:
            self._server = GracefulServer(self.config)
        return self._server


def server_config(host: str, port: int, workers: int = 1) -> Config:
    """Our settings: C loop and parsers, no compression on sockets (72 kB each instead of 26), logs as the settings say."""
    return Config(
        "widgetplatform.asgi:application",
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=SOCKET_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # the protocol has heartbeats of its own
        proxy_headers=False,  # the settings know how many proxies to trust
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )


def _empty_metrics_folder() -> None:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for leftover in Path(folder).glob("*.db"):
            leftover.unlink()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    config = server_config(env_str("HOST", "127.0.0.1"), env_int("PORT", 8000), env_int("WEB_WORKERS", 1))
    _empty_metrics_folder()
    if config.workers == 1:
        GracefulServer(config).run()
        return
    multiprocess.Process = Worker  # type: ignore[misc]
    multiprocess.Multiprocess(config, [config.bind_socket()]).run()


if __name__ == "__main__":
    main()
