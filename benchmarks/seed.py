"""Fill the database of a server with conversations of two operators: ``python -m benchmarks.seed few MANY`` with its environment.

Written past the ORM: a million rows take seconds. Each conversation has ``meta.plan`` (half of them ``pro``), and a hundred of each
operator have ``meta.rare``. Prints a token of each operator.
"""

import json
import os
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import django
from uuid_utils.compat import uuid7

BATCH = 20_000
RARE = 100


def rows(owner_id: int, number: int) -> Iterator[tuple[uuid.UUID, str, list[tuple[str, str]]]]:
    """Id, meta as JSON, and its leaves."""
    for count in range(number):
        meta = {"plan": "pro" if count % 2 else "free"}
        if count % (number // RARE) == 0:
            meta["rare"] = "yes"
        yield uuid7(), json.dumps(meta), list(meta.items())


def fill(owner_id: int, number: int) -> None:
    """Conversations and the entries of their meta."""
    from django.db import connection
    from django.utils import timezone

    now = timezone.now()
    postgres = connection.vendor == "postgresql"
    kind = "sessions_api.conversation"
    columns = "id, owner_id, name, description, meta, created_at, updated_at, language, time_zone, last_seq, epoch"
    conversation = f"INSERT INTO sessions_api_conversation ({columns}) VALUES ({', '.join(['%s'] * 11)})"
    entry = "INSERT INTO accounts_metaentry (owner_id, kind, object_id, path, value) VALUES (%s, %s, %s, %s, %s)"
    objects: list[tuple[Any, ...]] = []
    entries: list[tuple[Any, ...]] = []

    def write() -> None:
        with connection.cursor() as cursor:
            if postgres:
                _copy(cursor, f"sessions_api_conversation ({columns})", objects)
                _copy(cursor, "accounts_metaentry (owner_id, kind, object_id, path, value)", entries)
            else:
                cursor.executemany(conversation, objects)
                cursor.executemany(entry, entries)
        objects.clear()
        entries.clear()

    for pk, meta, leaves in rows(owner_id, number):
        key = pk if postgres else pk.hex
        objects.append((key, owner_id, "", "", meta, now, now, "", "", 0, "0" * 16))
        entries += [(owner_id, kind, key, path, value) for path, value in leaves]
        if len(objects) >= BATCH:
            write()
    write()


def _copy(cursor: Any, target: str, items: list[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for item in items:
            copy.write_row(item)


def main(few: int, many: int) -> None:
    """Both operators."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "widgetplatform.settings")
    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection

    from accounts.models import create_api_token

    tokens = []
    for name, number in (("few", few), ("many", many)):
        user = User.objects.create_user(name)
        fill(user.pk, number)
        tokens.append(create_api_token(user)[1])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(json.dumps(tokens))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
