"""``make run`` through the operator's door: the refusals, the start, the second start, the stop."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.environment import ROOT, clean_environment
from tests.support.processes import run_embedded
from widgetplatform import preflight

TOOLS = ("sh", "make", "sed", "rm", "touch", "expand")


def run(**extra):
    """Start ``python -m widgetplatform.run`` where it must refuse; the finished process."""
    command = [sys.executable, "-m", "widgetplatform.run"]
    return subprocess.run(command, cwd=ROOT, env=clean_environment(**extra), capture_output=True, text=True, timeout=60)


def assert_one_line(done, *parts):
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for part in parts:
        assert part in done.stderr


def test_it_serves_and_says_what_to_open(server):
    password = (Path(server.environment["DATA_DIR"]) / "demo-password").read_text().strip()
    for part in (f"{server.url}/admin/", f"user demo, password {password}", "/integrations/widget/", "Ctrl-C"):
        assert part in server.output
    assert httpx.get(server.url + "/").status_code == 200
    assert httpx.get(server.url + "/static/widget/loader.js", follow_redirects=True).status_code == 200


def test_the_password_printed_opens_the_admin(server):
    password = (Path(server.environment["DATA_DIR"]) / "demo-password").read_text().strip()
    with httpx.Client(base_url=server.url, follow_redirects=True) as browser:
        browser.get("/admin/login/")
        form = {"username": "demo", "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"], "next": "/admin/"}
        answer = browser.post("/admin/login/", data=form)
        assert answer.status_code == 200 and answer.url.path == "/admin/"


def test_keys_and_password_are_for_this_user_only(server):
    for name in ("keys.json", "secrets-keys.json", "demo-password"):
        assert stat.S_IMODE((Path(server.environment["DATA_DIR"]) / name).stat().st_mode) == 0o600


def test_a_second_start_keeps_everything_and_stops_cleanly(tmp_path):
    first = run_embedded(tmp_path)
    password = Path(first.environment["DATA_DIR"], "demo-password").read_text()
    count = "from django.apps import apps; print([m._default_manager.count() for m in apps.get_models() if m._meta.app_label in ('auth','bots','widgets')])"
    before = first.manage("shell", "-v", "0", "-c", count)
    assert first.stop(signal.SIGINT, seconds=5) == 0
    assert "Stopped." in first.output
    second = run_embedded(tmp_path)
    assert second.manage("shell", "-v", "0", "-c", count) == before
    assert Path(second.environment["DATA_DIR"], "demo-password").read_text() == password
    assert second.stop(signal.SIGTERM, seconds=5) in (0, -signal.SIGTERM)


def test_a_taken_port_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(DATA_DIR=str(tmp_path), PORT=str(port))
    assert_one_line(done, f"Port {port} of 127.0.0.1 is taken", "PORT=")
    assert not (tmp_path / "db.sqlite3").exists()


@pytest.mark.parametrize("port", ["http", "", "-1", "65536", "８０"])
def test_a_port_that_is_none_is_one_line(tmp_path, port):
    assert_one_line(run(DATA_DIR=str(tmp_path), PORT=port), "PORT must be a number from 0 to 65535")


def test_a_foreign_host_is_one_line(tmp_path):
    assert_one_line(run(DATA_DIR=str(tmp_path), HOST="203.0.113.1", PORT="0"), "HOST 203.0.113.1")


def test_a_data_dir_that_is_a_file_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    assert_one_line(run(DATA_DIR=str(tmp_path / "file"), PORT="0"), "DATA_DIR", "cannot be written")


def test_a_data_dir_below_a_file_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    assert_one_line(run(DATA_DIR=str(tmp_path / "file" / "data"), PORT="0"), "DATA_DIR", "cannot be written")


def test_a_setting_that_does_not_parse_is_one_line(tmp_path):
    assert_one_line(run(DATA_DIR=str(tmp_path), PORT="0", SENDS_PER_MINUTE="many"), "SENDS_PER_MINUTE must be a whole number")


def test_a_failing_check_is_one_line(tmp_path):
    assert_one_line(run(DATA_DIR=str(tmp_path), PORT="0", MESSAGE_BYTES="300000"), "MESSAGE_BYTES must be smaller than FRAME_BYTES")


def test_production_without_keys_is_one_line(tmp_path):
    assert_one_line(run(DATA_DIR=str(tmp_path), PORT="0", PRODUCTION="1", ALLOWED_HOSTS="localhost"), "SECRET_KEY")


def test_a_free_port_is_held_from_the_first_moment():
    with preflight.listener("127.0.0.1", "0") as held, pytest.raises(preflight.Refusal, match="taken"):
        preflight.listener("127.0.0.1", str(held.getsockname()[1]))


@pytest.fixture
def make(tmp_path):
    """Run make in a copy of the Makefile with only the given pythons on PATH."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        if found:
            (tools / tool).symlink_to(found)
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)

    def call(*arguments, **pythons):
        for name, script in pythons.items():
            path = tools / name
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        environment = {"PATH": str(tools), "HOME": os.environ.get("HOME", "/")}
        return subprocess.run(["make", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)

    return call


OLD = 'case "$1" in -c) exit 1;; --version) echo Python 3.9.2;; *) echo must not run; exit 3;; esac'
WITHOUT_VENV = 'case "$1" in -c) exit 0;; -m) exit 1;; esac'


def test_an_old_python_is_one_line(make):
    assert_one_line(make("run", python3=OLD), "needs Python 3.11 or newer")


def test_no_python_is_one_line(make):
    assert_one_line(make("run"), "needs Python 3.11 or newer")


def test_an_old_python_named_by_hand_is_refused(make, tmp_path):
    done = make("run", "PYTHON=python3", python3=OLD)
    assert done.returncode != 0 and "needs Python 3.11 or newer; python3 is not" in done.stderr


def test_a_python_without_venv_is_told_and_leaves_nothing(make, tmp_path):
    done = make("run", python3=WITHOUT_VENV)
    assert done.returncode != 0 and "venv" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_new_python_beside_an_old_one_is_taken(make, tmp_path):
    record = f'case "$1" in -c) exit 0;; -m) echo taken > {tmp_path}/taken; exit 1;; esac'
    make("run", **{"python3": OLD, "python3.12": record})
    assert (tmp_path / "taken").exists()


def test_help_lists_every_target(make):
    done = make("help")
    for target in ("run", "test", "lint", "bench", "screenshots", "clean"):
        assert f"\n{target} " in f"\n{done.stdout}"
