"""conversation/{id}/message/{mid}/synthesize, against a speech server on a real connection and a program that writes a wave."""

import json
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import default_storage

from accounts.ids import new_id
from sessions_api.models import Attachment, Conversation, Message
from tests.support.actors import Operator
from tests.support.inprocess import Answer, Caller, InProcess
from tests.support.world import make_session
from widgets.models import WidgetIntegration
from widgets.services import update_widget

MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + b"\x00" * 413
SAMPLES = b"\x01\x00" * 100


class SpeechServer(ThreadingHTTPServer):
    """Keeps what it was asked, and answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.answer: tuple[int, bytes] = (200, MP3)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: SpeechServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization", ""), body))
        status, sound = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Content-Length", str(len(sound)))
        self.end_headers()
        self.wfile.write(sound)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def speech(settings: Any) -> Iterator[SpeechServer]:
    """A server that reads aloud, and ours set up for it."""
    server = SpeechServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.SPEECH_PROVIDER, settings.SPEECH_URL, settings.SPEECH_KEY = "openai", server.url, "sk-speech"
    settings.SPEECH_MODEL, settings.SPEECH_VOICE = "tts-1", "nova"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def espeak(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name: it writes a wave whose header does not know its length; the file keeps what it was asked."""
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0x7FFFFFFF, b"WAVE", b"fmt ", 16, 1, 1, 22050, 44100, 2, 16, b"data", 0x7FFFFFDB)  # fmt: skip
    (tmp_path / "wave").write_bytes(header + SAMPLES)
    asked, program = tmp_path / "asked", tmp_path / "espeak-ng"
    program.write_text(f'#!/bin/sh\necho "$@" > {asked}\ncat >> {asked}\ncat {tmp_path / "wave"}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    settings.SPEECH_PROVIDER = "espeak"
    return asked


@pytest.fixture
def operator(app: InProcess, olive: Operator) -> Caller:
    """Olive."""
    return Caller(app, olive.token)


@pytest.fixture
def reply(app: InProcess, conversation: Conversation) -> Message:
    """What a bot wrote."""
    return Message.objects.create(conversation=conversation, type="bot", text="We open at **nine**.", position=1, seq=1)


def synthesize(caller: Caller, message: Message) -> Answer:
    return caller.post(f"conversation/{message.conversation_id}/message/{message.pk}/synthesize")


def refused(answer: Any, status: int, part: str) -> None:
    body = answer.json()
    assert answer.status == status, body
    assert set(body) == {"message", "code"}
    assert part in body["message"]
    assert not Attachment.objects.exists()


def test_a_message_becomes_sound(operator: Caller, reply: Message, speech: SpeechServer) -> None:
    answer = synthesize(operator, reply)
    assert answer.status == 200
    assert set(answer.json()) == {"id", "attachmentId", "url"}
    assert answer.json()["id"] == str(reply.pk)
    [(path, key, body)] = speech.asked
    assert (path, key) == ("/v1/audio/speech", "Bearer sk-speech")
    assert body == {"model": "tts-1", "voice": "nova", "response_format": "mp3", "input": "We open at nine."}
    sound = operator.app.request("GET", urlsplit(answer.json()["url"]).path)
    assert sound.content == MP3 and sound.media_type == "audio/mpeg"
    [item] = operator.get(f"conversation/{reply.conversation_id}/attachment/list").json()["items"]
    assert (item["id"], item["type"], item["name"]) == (answer.json()["attachmentId"], "audio/mpeg", "We open at nine.mp3")


def test_the_same_text_is_read_once_and_another_replaces_it(operator: Caller, reply: Message, speech: SpeechServer) -> None:
    first = synthesize(operator, reply).json()
    assert synthesize(operator, reply).json()["attachmentId"] == first["attachmentId"]
    assert len(speech.asked) == 1
    old = Attachment.objects.get()
    Message.objects.filter(pk=reply.pk).update(text="We open at ten.")
    assert synthesize(operator, reply).json()["attachmentId"] != first["attachmentId"]
    assert len(speech.asked) == 2
    assert Attachment.objects.count() == 1 and not default_storage.exists(old.key)


def test_espeak_reads_in_the_language_of_the_conversation(operator: Caller, reply: Message, espeak: Path) -> None:
    Conversation.objects.update(language="de-AT")
    answer = synthesize(operator, reply)
    assert answer.status == 200, answer.json()
    assert espeak.read_text() == "--stdin --stdout -v de\nWe open at nine."
    sound = operator.app.request("GET", urlsplit(answer.json()["url"]).path).content
    assert sound[44:] == SAMPLES
    assert struct.unpack_from("<I", sound, 4)[0] == len(sound) - 8
    assert struct.unpack_from("<I", sound, 40)[0] == len(SAMPLES)
    assert Attachment.objects.get().content_type == "audio/wav"


@pytest.fixture
def visitor(app: InProcess, widget: WidgetIntegration, reply: Message) -> Caller:
    """Vera, whose widget reads aloud."""
    update_widget(widget, voice_out=True)
    return Caller(app, make_session(str(reply.conversation_id)))


def test_a_visitor_hears_what_they_may_read(visitor: Caller, reply: Message, speech: SpeechServer) -> None:
    assert synthesize(visitor, reply).status == 200
    Message.objects.filter(pk=reply.pk).update(type="instruction")
    assert synthesize(visitor, reply).status == 404


def test_a_visitor_whose_widget_does_not_read_aloud(visitor: Caller, reply: Message, widget: WidgetIntegration, speech: SpeechServer) -> None:
    update_widget(widget, voice_out=False)
    refused(synthesize(visitor, reply), 403, "voiceOut")
    update_widget(widget, voice_out=True)
    visitor.token = make_session(str(reply.conversation_id), features=("attachments",))
    refused(synthesize(visitor, reply), 403, "voiceOut")


def test_a_visitor_asks_so_often_and_no_more(visitor: Caller, reply: Message, speech: SpeechServer, settings: Any) -> None:
    settings.SENDS_BURST = 1
    assert synthesize(visitor, reply).status == 200
    answer = synthesize(visitor, reply)
    assert answer.status == 429 and int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"SPEECH_PROVIDER": ""}, "SPEECH_PROVIDER"),
        ({"SPEECH_PROVIDER": "nobody"}, "SPEECH_PROVIDER"),
        ({"SPEECH_PROVIDER": "openai", "SPEECH_URL": ""}, "SPEECH_URL"),
        ({"SPEECH_PROVIDER": "espeak", "SPEECH_VOICE": "-x"}, "SPEECH_VOICE"),
    ],
)
def test_what_is_not_set_up_is_named(operator: Caller, reply: Message, espeak: Path, settings: Any, changes: Any, part: str) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    refused(synthesize(operator, reply), 409, part)


def test_espeak_that_is_not_installed(operator: Caller, reply: Message, espeak: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(espeak.parent / "nowhere"))
    refused(synthesize(operator, reply), 409, "espeak-ng is not installed")


@pytest.mark.parametrize("script", ["exit 1", "exit 0", "exec sleep 60"])
def test_espeak_that_fails(operator: Caller, reply: Message, espeak: Path, settings: Any, script: str) -> None:
    settings.SPEECH_SECONDS = 0.2
    (espeak.parent / "espeak-ng").write_text(f"#!/bin/sh\n{script}\n")
    refused(synthesize(operator, reply), 502, "espeak-ng")


@pytest.mark.parametrize(
    ("answer", "status", "part"),
    [
        ((500, b"oops"), 502, "500"),
        ((302, b""), 502, "302"),
        ((401, b""), 409, "SPEECH_KEY"),
        ((200, b""), 502, "no sound"),
        ((200, b"\x00\x01 no sound at all"), 502, "stored"),
    ],
)
def test_a_server_that_fails(
    operator: Caller, reply: Message, speech: SpeechServer, answer: Any, status: int, part: str
) -> None:
    speech.answer = answer
    refused(synthesize(operator, reply), status, part)


def test_a_server_that_sends_without_end(operator: Caller, reply: Message, speech: SpeechServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions_api.speech.openai.AUDIO_BYTES", 100)
    refused(synthesize(operator, reply), 502, "more than 100 bytes")


def test_a_server_that_is_away(operator: Caller, reply: Message, speech: SpeechServer, settings: Any) -> None:
    settings.SPEECH_URL = "http://127.0.0.1:9/v1"
    refused(synthesize(operator, reply), 502, "does not answer")


@pytest.mark.parametrize(
    ("fields", "status", "part"),
    [
        ({"status": "open"}, 409, "still being written"),
        ({"text": "  "}, 422, "text"),
        ({"text": "a" * 4097}, 422, "4096"),
        ({"deleted": True}, 404, "message"),
    ],
)
def test_messages_that_cannot_be_read(operator: Caller, reply: Message, speech: SpeechServer, fields: Any, status: int, part: str) -> None:
    Message.objects.filter(pk=reply.pk).update(**fields)
    refused(synthesize(operator, reply), status, part)
    assert not speech.asked


def test_foreign_and_missing_are_the_same(operator: Caller, otto: Operator, reply: Message, speech: SpeechServer) -> None:
    path = "conversation/{}/message/{}/synthesize"
    stranger = Caller(operator.app, otto.token)
    foreign, missing = (stranger.post(path.format(pk, reply.pk)) for pk in (reply.conversation_id, new_id()))
    assert foreign.status == missing.status == 404 and foreign.content == missing.content
    unknown = [operator.post(path.format(reply.conversation_id, name)) for name in (new_id(), "nothing")]
    assert [answer.status for answer in unknown] == [404, 404] and unknown[0].content == unknown[1].content
    assert not speech.asked


def test_a_bad_body(operator: Caller, reply: Message) -> None:
    path = f"conversation/{reply.conversation_id}/message/{reply.pk}/synthesize"
    assert operator.post(path, b"{", **{"content-type": "application/json"}).status == 400
