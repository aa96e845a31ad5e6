import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate

from widgetplatform.site.operators import GROUP

pytestmark = pytest.mark.django_db


def test_migrating_makes_the_group_with_its_permissions() -> None:
    names = set(Group.objects.get(name=GROUP).permissions.values_list("codename", flat=True))
    assert {"add_widgetintegration", "delete_dataset", "view_conversation", "add_apitoken"} <= names
    assert (
        not {"change_conversation", "delete_conversation", "delete_apitoken", "add_user", "change_group"}
        & names
    )


def test_a_lost_permission_comes_back_and_an_added_one_stays() -> None:
    group = Group.objects.get(name=GROUP)
    group.permissions.clear()
    group.permissions.add(Permission.objects.get(codename="view_user"))
    config = apps.get_app_config("sessions_api")
    post_migrate.send(
        sender=config, app_config=config, verbosity=0, interactive=False, using="default", plan=[], apps=apps
    )
    names = set(group.permissions.values_list("codename", flat=True))
    assert {"view_user", "add_bot"} <= names
