"""GET /api/v1/integration/widget/list."""

from tests.support.actors import Operator
from widgets.services import create_widget

LIST = "integration/widget/list"


def test_the_newest_come_first_and_the_cursor_leads_on(olive: Operator, otto: Operator) -> None:
    ids = [str(create_widget(olive.user, title=f"{number}").pk) for number in range(3)]
    create_widget(otto.user)
    first = olive.get(LIST, take=2).json()
    assert [item["id"] for item in first["items"]] == [ids[2], ids[1]]
    rest = olive.get(LIST, take=2, cursor=first["cursor"]).json()
    assert [item["id"] for item in rest["items"]] == [ids[0]]
    assert olive.get(LIST, cursor=rest["cursor"]).json() == {"items": []}
    assert [item["id"] for item in olive.get(LIST, order="asc").json()["items"]] == ids


def test_meta_and_blueprint_narrow_it(olive: Operator) -> None:
    wanted = create_widget(olive.user, meta={"plan": {"name": "pro"}, "live": True})
    create_widget(olive.user, meta={"plan": {"name": "free"}, "live": True})
    found = olive.get(LIST, **{"meta.plan.name": "pro", "meta[live]": "true"}).json()["items"]
    assert [item["id"] for item in found] == [str(wanted.pk)]


def test_effective_works_on_lists_too(olive: Operator) -> None:
    create_widget(olive.user)
    assert olive.get(LIST, effective="true").json()["items"][0]["layout"] == "bubble"
    assert "layout" not in olive.get(LIST).json()["items"][0]
