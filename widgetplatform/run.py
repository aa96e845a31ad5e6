"""``make run``: check, migrate, collect static files, seed the demo, say what to open, serve from this one process."""

import os
import socket
import sys
import threading
from contextlib import suppress

from widgetplatform.preflight import Refusal, data_dir, listener

STOP_SECONDS = 0.5  # for threads of running tasks, after the server's own deadlines


def run_checks_or_refuse() -> None:
    """Django's and our system checks; raises ``Refusal`` with the errors, a line each, and prints warnings."""
    from django.core.checks import ERROR, run_checks

    messages = run_checks()
    errors = [message for message in messages if message.level >= ERROR]
    if errors:
        raise Refusal("\n".join(f"{error.msg} ({error.id})" for error in errors))
    for warning in messages:
        print(f"{warning.msg} ({warning.id}). {warning.hint or ''}", file=sys.stderr)


def prepare() -> None:
    """Bring database, static files and demo up to date; cheap where they are."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    from widgetplatform.collect import collect_changed

    django.setup()
    run_checks_or_refuse()
    call_command("migrate", interactive=False, verbosity=0)
    collect_changed()
    if not settings.PRODUCTION:
        call_command("seed_demo")


def welcome(address: str) -> str:
    """What to open, for the terminal."""
    from django.conf import settings

    from widgetplatform.site.demo import USERNAME, demo_widget
    from widgetplatform.site.seeding import PASSWORD_FILE

    lines = [f"ChatWidget runs at {address}/", f"Admin               {address}/admin/"]
    password = settings.DATA_DIR / PASSWORD_FILE
    if password.exists():
        lines.append(f"                    user {USERNAME}, password {password.read_text().strip()}")
    widget = demo_widget()
    if widget is not None:
        lines.append(f"Widget's test page  {address}/integrations/widget/{widget.pk}/test")
    return "\n".join([*lines, f"Data                {settings.DATA_DIR}", "Ctrl-C stops it."])


def serve(ready: socket.socket, host: str) -> None:
    """Serve on a socket that listens already, until Ctrl-C or SIGTERM."""
    from widgetplatform.server import GracefulServer, server_config

    server = GracefulServer(server_config(host, ready.getsockname()[1]))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[ready])
    print("Stopped.", flush=True)


def main() -> int:
    """Start; the exit code is 0 after a stop, 1 with one line of reason where it cannot start."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "widgetplatform.settings")
    try:
        folder = data_dir(os.environ.get("DATA_DIR", "var"))
        os.environ["DATA_DIR"] = str(folder)
        ready = listener(host, port)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    shown = f"[{host}]" if ":" in host else host
    os.environ.setdefault("ALLOWED_HOSTS", f"localhost 127.0.0.1 [::1] {shown}")

    from django.core.exceptions import ImproperlyConfigured

    try:
        prepare()
    except (ImproperlyConfigured, Refusal) as error:
        print(error, file=sys.stderr)
        return 1
    print(welcome(f"http://{shown}:{ready.getsockname()[1]}"), flush=True)
    serve(ready, host)
    return 0


def _leave(code: int) -> None:
    """Exit even while a task thread is busy: tasks are queued again at the next start."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(STOP_SECONDS)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
