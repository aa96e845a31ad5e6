"""/api/v1/blueprint/…: verbs and widgetDefaults."""

import pytest
from django.core.exceptions import ValidationError

from bots import services
from bots.models import Blueprint


def test_verbs(olive):
    defaults = {"title": "Help", "autoScroll": False}
    blueprint = olive.post("blueprint/create", {"name": "Shop", "widgetDefaults": defaults}).json()["id"]
    answer = olive.get(f"blueprint/{blueprint}/fetch").json()
    assert (answer["name"], answer["widgetDefaults"]) == ("Shop", defaults)
    assert olive.post(f"blueprint/{blueprint}/update", {"widgetDefaults": {"title": "Hi"}}).status_code == 200
    assert olive.get("blueprint/list").json()["items"][0]["widgetDefaults"] == {"title": "Hi"}
    olive.post(f"blueprint/{blueprint}/update", {"widgetDefaults": None})
    assert "widgetDefaults" not in olive.get(f"blueprint/{blueprint}/fetch").json()


def test_delete_keeps_its_objects(olive):
    blueprint = services.create_blueprint(olive.user)
    bot = services.create_bot(olive.user, blueprint=blueprint)
    assert olive.post(f"blueprint/{blueprint.pk}/delete").json() == {"id": str(blueprint.pk)}
    bot.refresh_from_db()
    assert bot.blueprint is None


@pytest.mark.parametrize("value", [[], "x", 5, True])
def test_defaults_are_an_object(olive, value):
    response = olive.post("blueprint/create", {"widgetDefaults": value})
    assert (response.status_code, response.json()["message"]) == (400, "widgetDefaults: must be an object")
    assert not Blueprint.objects.exists()


def test_whoever_knows_widgets_decides_what_is_allowed(olive, monkeypatch):
    def check(owner, defaults):
        assert owner == olive.user
        if "x" in defaults:
            raise ValidationError({"widget_defaults": "x: no such widget setting"})
        return defaults

    monkeypatch.setattr(services, "WIDGET_DEFAULTS_CLEANERS", [check])
    response = olive.post("blueprint/create", {"widgetDefaults": {"x": 1}})
    assert (response.status_code, response.json()["message"]) == (
        400,
        "widgetDefaults: x: no such widget setting",
    )
    assert olive.post("blueprint/create", {"widgetDefaults": {"title": "a"}}).status_code == 200


def test_somebody_elses(olive, otto):
    blueprint = services.create_blueprint(olive.user, alias="shop")
    for response in (
        otto.get(f"blueprint/{blueprint.pk}/fetch"),
        otto.get("blueprint/shop/fetch"),
        otto.post("blueprint/shop/delete"),
    ):
        assert response.status_code == 404
