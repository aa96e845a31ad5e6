"""The environment that tests run in: nothing of the developer's own, and a data folder that goes away."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTED = "scripted=bots.engines.scripted.ScriptedEngine"
OURS = ("PRODUCTION", "DEBUG", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SESSION_SIGNING_KEYS", "SECRETS_KEYS", "ALLOWED_HOSTS", "TRUSTED_PROXIES",
        "HOST", "PORT", "EMBEDDED_WORKER", "EXTRA_ENGINES", "METRICS_TOKEN", "PROMETHEUS_MULTIPROC_DIR", "DATA_DIR",
        "DEFAULT_PROVIDER", "OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OLLAMA_BASE_URL",
        "TRANSLATOR", "TRANSLATOR_MODEL", "DEEPL_API_KEY", "DEEPL_URL", "LIBRETRANSLATE_URL", "LIBRETRANSLATE_API_KEY", "SETUP_ON_CHANGE")  # fmt: skip


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without any variable of this project, plus ``extra``: what a subprocess gets."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith(("PYTEST_", "COV_"))}
    path = f"{Path(sys.executable).parent}:{kept.get('PATH', '')}"
    return {**kept, "PYTHONPATH": str(ROOT), "PATH": path, **extra}


def prepare() -> Path:
    """Give this test process its own settings; must run before they are read. Returns its data folder."""
    for name in OURS:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="chatwidget-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="widgetplatform.settings",
        DATA_DIR=str(folder),
        EXTRA_ENGINES=SCRIPTED,
        EMBEDDED_WORKER="0",  # tests run tasks when they want them run
        ALLOWED_HOSTS="localhost 127.0.0.1 [::1] testserver",
    )
    return folder
