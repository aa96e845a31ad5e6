"""The page on which an operator tries a widget."""

from django.test import Client

from accounts.ids import new_id
from tests.support.actors import Operator
from widgets.models import WidgetIntegration
from widgets.services import update_widget


def path(widget: WidgetIntegration) -> str:
    return f"/integrations/widget/{widget.pk}/test"


def test_it_embeds_the_real_snippet(olive: Operator, widget: WidgetIntegration) -> None:
    page = olive.browser.get(path(widget))
    assert page.status_code == 200
    snippet = f'<script src="http://testserver/widget.js" data-widget="{widget.pk}" async></script>'
    assert page.content.decode().count(snippet) == 1
    assert "&lt;script src=" in page.content.decode()
    assert "script-src 'self'" in page["Content-Security-Policy"]


def test_it_says_what_is_missing(olive: Operator, widget: WidgetIntegration) -> None:
    update_widget(widget, enabled=False, bot=None, origin="https://a.example")
    page = olive.browser.get(path(widget)).content.decode()
    assert "switched off" in page
    assert "Nobody answers yet" in page
    assert "https://a.example" in page


def test_only_the_owner_and_a_superuser_see_it(
    olive: Operator, otto: Operator, root: Operator, widget: WidgetIntegration
) -> None:
    assert root.browser.get(path(widget)).status_code == 200
    assert otto.browser.get(path(widget)).status_code == 404
    assert olive.browser.get(f"/integrations/widget/{new_id()}/test").status_code == 404
    anonymous = Client().get(path(widget))
    assert (anonymous.status_code, anonymous["Location"]) == (302, f"/admin/login/?next={path(widget)}")
