"""What the public gets of a widget: these keys and no others, and nothing of its owner."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bots.models import Skillset
from bots.services import create_blueprint, create_bot, create_dataset
from sessions_api.creation import create_session
from sessions_api.session_request import SessionRequest
from tests.support.actors import Operator
from widgets.config import BUTTON, FEATURES, PAGE_STRINGS, effective_of
from widgets.fields import API_NAMES
from widgets.models import LanguageMap, WidgetFile, WidgetIntegration
from widgets.services import attach_file, create_widget
from widgets.strings import strings_of
from widgets.tests.pictures import PNG, picture_of
from widgets.texts import text_hash

SCRIPTS = Path(settings.BASE_DIR) / "static" / "widget"
COMMON = {"id": ..., "enabled": ..., "language": ..., "theme": {"name": ..., "colors": {"light": {str: ...}, "dark": {str: ...}}}}
LAUNCHER = COMMON | {"layout": ..., "position": ..., "icon": ..., "peek": ..., "strings": {str: ...}, "frame": ..., "panel": ...}
FRAME = COMMON | {
    "title": ..., "intro": ..., "introHtml": ..., "initial": ..., "initialHtml": ..., "botName": ..., "suggestions": ..., "api": ..., "socket": ...,
    "features": {"verbose": ..., "autoScroll": ..., "startFirst": ...}, "limits": {"messageBytes": ...}, "languages": {"code": ..., "name": ...},
    "strings": {str: ...}, "origins": ...,
}  # fmt: skip
PEEKED = {"peek"}  # for the launcher to draw
ENDS = ("/frame", "", "/launcher.json")


def parts(value: Any, allowed: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of ``value`` with what is allowed in its place; KeyError for one too many."""
    if isinstance(value, dict):
        assert isinstance(allowed, dict), f"{path} is an object"
        for key, inner in value.items():
            assert key in allowed or str in allowed, f"{path}.{key} is public"
            yield f"{path}.{key}".lstrip("."), inner
            yield from parts(inner, allowed.get(key, allowed.get(str)), f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                yield from parts(inner, allowed, path)


def config_in(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="config">(.*?)</script>', page, re.DOTALL)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


@pytest.fixture
def secrets(olive: Operator) -> dict[str, str]:
    """Texts by where they are planted; nobody but the owner may read them."""
    names = (
        "user name", "email", "first name", "widget name", "alias", "description", "meta key", "meta value", "plugin", "bot alias", "bot description",
        "bot meta", "model", "backstory", "moderation words", "dataset", "skillset", "blueprint", "blueprint alias", "blueprint description",
        "blueprint meta", "unknown default", "file", "file description", "theme", "cause", "source", "machine",
    )  # fmt: skip
    planted = {name: "zq" + text_hash(name)[:12] for name in names}
    olive.user.username, olive.user.email = planted["user name"], f"{planted['email']}@example.com"
    olive.user.first_name = planted["first name"]
    olive.user.save()
    return planted


@pytest.fixture
def planted(olive: Operator, secrets: dict[str, str]) -> WidgetIntegration:
    """A widget with everything set, and a secret wherever one can be."""
    bot = create_bot(
        olive.user, name="Juno", alias=secrets["bot alias"], description=secrets["bot description"], meta={"x": secrets["bot meta"]},
        model=f"{secrets['model']}:x", backstory=secrets["backstory"], moderation=True, moderation_words=secrets["moderation words"],
        dataset=create_dataset(olive.user, name=secrets["dataset"]), skillset=Skillset.objects.create(owner=olive.user, name=secrets["skillset"]),
    )  # fmt: skip
    defaults = {"title": "Shop", "math": False, "botId": str(bot.pk), secrets["unknown default"]: secrets["unknown default"]}
    blueprint = create_blueprint(
        olive.user, name=secrets["blueprint"], alias=secrets["blueprint alias"], description=secrets["blueprint description"],
        meta={"x": secrets["blueprint meta"]}, widget_defaults=defaults,
    )  # fmt: skip
    widget = create_widget(
        olive.user, name=secrets["widget name"], alias=secrets["alias"], description=secrets["description"], blueprint=blueprint,
        meta={secrets["meta key"]: secrets["meta value"]}, plugins=secrets["plugin"], intro="Ask\n\n[What?]()", initial="Hello", placeholder="Write",
        language="en, de", origin="https://a.example", session_duration=1_234_000, contact_collection=True, start_first=True,
        theme=json.dumps({"name": "dark", "config": {"accent": "#c41", "note": secrets["theme"]}, "css": f".x {{ color: {secrets['theme']} }}"}),
    )  # fmt: skip
    for kind in WidgetFile.Type.values:
        file = picture_of(olive.user, PNG)
        file.name, file.description = secrets["file"], secrets["file description"]
        file.save()
        attach_file(widget, file, kind)
    LanguageMap.objects.create(
        widget=widget, language="de", state="failed", cause=secrets["cause"], texts={"title": "Laden", "intro": secrets["source"], "initial": secrets["machine"]},
        hashes={"title": text_hash("Shop"), "intro": "old", "initial": text_hash("Hello")}, overrides={"initial": {"text": "Hallo", "hash": ""}},
    )  # fmt: skip
    return widget


def test_the_public_reads_these_keys_and_no_others(client: Client, planted: WidgetIntegration) -> None:
    base = f"/integrations/widget/{planted.pk}"
    for language in ("en", "de"):
        config = config_in(client.get(f"{base}/frame?lang={language}").content.decode())
        launcher = client.get(f"{base}/launcher.json?lang={language}").json()
        assert (set(config), set(launcher)) == (set(FRAME), set(LAUNCHER))
        texts = dict(parts(config, FRAME)) | dict(parts(launcher, LAUNCHER))
        assert {path for path in texts if path.startswith("theme.")} >= {"theme.name", "theme.colors", "theme.colors.dark"}
        assert {path.removeprefix("languages.") for path in texts if path.startswith("languages.")} == {"code", "name"}
        assert {key.partition(".")[0] for key in config["strings"]}.isdisjoint({"launcher", *PAGE_STRINGS})
    assert (config["title"], config["initial"], config["intro"]) == ("Laden", "Hallo", "Ask")


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_of_the_owner_is_public(
    client: Client, olive: Operator, planted: WidgetIntegration, secrets: dict[str, str], end: str, language: str
) -> None:
    effective = effective_of(planted.pk)
    assert effective and effective.bot_id
    session = create_session(effective, SessionRequest(contact={"email": "vera@example.com"}))
    hidden = secrets | {
        "bot": str(effective.bot_id), "blueprint's id": str(effective.blueprint_id), "dataset's id": str(effective.bot_dataset_id),
        "skillset's id": str(effective.bot_skillset_id), "conversation": str(session.conversation.pk), "session": session.token,
        "visitor": "vera@example.com", "token": olive.token, "secret key": settings.SECRET_KEY, "duration": "1234000",
        **{f"signing key {name}": key for name, key in settings.SESSION_SIGNING_KEYS.items()},
        **{f"sealing key {name}": key for name, key in settings.SECRETS_KEYS.items()},
        **{f"file {link.type}": str(link.file_id) for link in planted.attached_files.all()},
        **{f"content {link.type}": link.file.key for link in planted.attached_files.select_related("file")},
    }  # fmt: skip
    for headers in ({}, {"origin": "https://a.example"}, {"origin": "https://b.example"}):
        answer = client.get(f"/integrations/widget/{planted.pk}{end}?lang={language}", headers=headers)
        assert answer.status_code == (403 if end == ENDS[-1] and headers.get("origin") == "https://b.example" else 200)
        public = answer.content.decode() + repr(answer.headers)
        assert not [name for name, text in hidden.items() if text in public or json.dumps(text)[1:-1] in public]
        assert not answer.cookies


def test_the_frame_carries_nothing_that_its_scripts_do_not_read(client: Client, planted: WidgetIntegration) -> None:
    scripts = "".join(path.read_text() for path in sorted(SCRIPTS.glob("frame/**/*.js")))
    embed = "".join((SCRIPTS / name).read_text() for name in ("loader.js", "panel.js"))
    assert not [key for key in FRAME if not re.search(rf"\b{key}\b", scripts)]
    assert not [key for key in LAUNCHER.keys() - PEEKED if not re.search(rf"\b{key}\b", embed)]
    assert not [name for name in FEATURES if f"{API_NAMES[name]}" not in scripts]


def test_words_of_the_page_are_not_those_of_its_scripts() -> None:
    """A word that a script begins to use must leave ``PAGE_STRINGS``, or the script has none."""
    scripts = "".join(path.read_text() for path in sorted(SCRIPTS.glob("frame/**/*.js")))
    page = "".join(path.read_text() for path in (Path(settings.BASE_DIR) / "templates" / "widget").glob("*.html")) + "strings.placeholder "
    for key in PAGE_STRINGS:
        assert not re.search(rf"""\b(t|firstOf|plural)\([^)]*["'`]{key}["'`]""", scripts), key
        assert re.search(rf"strings\.{key}\b", page), key
        assert key in strings_of("en")
    assert BUTTON == "button"
