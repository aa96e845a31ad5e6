"""create, list, fetch, update, delete of files."""

from pathlib import Path
from uuid import uuid4

import pytest

from accounts.models import MetaEntry
from bots.models import Ability, Blueprint, Dataset, DatasetFile, DatasetRecord, Skillset
from files.models import File
from files.tests.helpers import make_file, refused, stored, upload
from files.tests.samples import PNG
from tests.support.actors import Operator

SOURCE = "https://example.com/manual.pdf"


def test_a_file_is_made_with_every_field_and_fetched(olive: Operator) -> None:
    blueprint = Blueprint.objects.create(owner=olive.user)
    fields = {
        "alias": "manual", "name": "Manual", "description": "How it works", "meta": {"lang": "en"},
        "blueprintId": str(blueprint.pk), "visibility": "protected", "source": SOURCE,
    }  # fmt: skip
    made = make_file(olive, **fields)
    found = olive.get("file/manual/fetch").json()
    assert found.pop("createdAt") and found.pop("updatedAt")
    assert found == {"id": str(made.pk), **fields}


def test_fetch_says_what_is_stored(olive: Operator) -> None:
    file = make_file(olive)
    upload(olive, file, PNG, "image/png", name="dot.png")
    found = olive.get(f"file/{file.pk}/fetch").json()
    assert (found["size"], found["type"], found["filename"]) == (len(PNG), "image/png", "dot.png")


def test_what_is_stored_cannot_be_written(olive: Operator) -> None:
    file = make_file(olive, size=5, type="text/html", filename="x")
    olive.post(f"file/{file.pk}/update", {"size": 7, "key": "../../etc/passwd"})
    file.refresh_from_db()
    assert (file.size, file.content_type, file.filename, file.key) == (None, "", "", "")


def test_a_list_is_filtered_by_meta_and_blueprint(olive: Operator, otto: Operator) -> None:
    blueprint = Blueprint.objects.create(owner=olive.user)
    one = make_file(olive, meta={"lang": "de"}, blueprintId=str(blueprint.pk))
    make_file(olive, meta={"lang": "en"})
    make_file(otto, meta={"lang": "de"})
    for query in ({"meta.lang": "de"}, {"meta[lang]": "de"}, {"blueprintId": str(blueprint.pk)}):
        assert [item["id"] for item in olive.get("file/list", **query).json()["items"]] == [str(one.pk)]


def test_an_update_changes_what_it_names(olive: Operator) -> None:
    file = make_file(olive, name="Old", meta={"a": 1, "b": 2}, source=SOURCE)
    assert olive.post(f"file/{file.pk}/update", {"name": "New", "meta": {"a": None}, "source": None}).json() == {"id": str(file.pk)}
    found = olive.get(f"file/{file.pk}/fetch").json()
    assert (found["name"], found["meta"], "source" in found) == ("New", {"b": 2}, False)


def test_an_update_does_not_undo_an_upload_that_ran_beside_it(olive: Operator) -> None:
    from files.services import update_file

    file = make_file(olive)
    before = File.objects.get(pk=file.pk)
    upload(olive, file, PNG)
    update_file(before, name="New")
    file.refresh_from_db()
    assert file.size == len(PNG) and file.name == "New"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"visibility": "secret"}, "visibility"),
        ({"visibility": 1}, "visibility"),
        ({"source": "ftp://example.com/x"}, "source"),
        ({"source": "javascript:alert(1)"}, "source"),
        ({"source": "https://example.com/\0"}, "source"),
        ({"source": "https://example.com/" + "x" * 2000}, "source"),
        ({"blueprintId": "nonsense"}, "blueprintId"),
        ({"name": "x" * 192}, "name"),
        ({"alias": "No"}, "alias"),
        ({"meta": []}, "meta"),
    ],
)
def test_bad_fields_are_named(olive: Operator, fields: dict[str, object], word: str) -> None:
    assert refused(olive.post("file/create", fields), 400, word)
    assert not File.objects.exists()


def test_somebody_elses_blueprint_is_refused(olive: Operator, otto: Operator) -> None:
    theirs = Blueprint.objects.create(owner=otto.user)
    assert refused(olive.post("file/create", {"blueprintId": str(theirs.pk)}), 400, "blueprintId")


def test_foreign_and_missing_are_the_same(olive: Operator, otto: Operator) -> None:
    theirs = make_file(otto, visibility="public")
    for verb in ("fetch", "update", "delete", "upload", "sync"):
        ask = olive.get if verb == "fetch" else olive.post
        foreign, missing = ask(f"file/{theirs.pk}/{verb}"), ask(f"file/{uuid4()}/{verb}")
        assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content) == (404, missing.content)


def test_delete_removes_the_bytes_and_leaves_what_was_made_of_it(
    olive: Operator, media: Path, django_capture_on_commit_callbacks: object
) -> None:
    file = make_file(olive, meta={"a": 1})
    upload(olive, file, PNG)
    dataset = Dataset.objects.create(owner=olive.user)
    DatasetFile.objects.create(dataset=dataset, file=file)
    record = DatasetRecord.objects.create(dataset=dataset, text="x", file=file)
    ability = Ability.objects.create(skillset=Skillset.objects.create(owner=olive.user), file=file)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert olive.post(f"file/{file.pk}/delete").json() == {"id": str(file.pk)}
    record.refresh_from_db()
    ability.refresh_from_db()
    assert (record.file, ability.file, DatasetFile.objects.count()) == (None, None, 0)
    assert not stored(media) and not MetaEntry.objects.exists()
