"""The group of operators: whoever is staff and in it manages own objects in the admin."""

from typing import Any

from django.contrib.auth.models import Group, Permission

GROUP = "operator"
EVERYTHING = ("add", "change", "delete", "view")
ALLOWED = {
    ("bots", "blueprint"): EVERYTHING,
    ("bots", "bot"): EVERYTHING,
    ("bots", "dataset"): EVERYTHING,
    ("bots", "datasetrecord"): EVERYTHING,
    ("bots", "datasetsource"): EVERYTHING,
    ("bots", "skillset"): EVERYTHING,
    ("bots", "ability"): EVERYTHING,
    ("bots", "provider"): EVERYTHING,
    ("bots", "secret"): EVERYTHING,
    ("files", "file"): EVERYTHING,
    ("widgets", "widgetintegration"): EVERYTHING,
    ("widgets", "widgetfile"): EVERYTHING,
    ("sessions_api", "contact"): EVERYTHING,
    ("sessions_api", "conversation"): ("view",),
    ("sessions_api", "rating"): ("view",),
    ("sessions_api", "usage"): ("view",),
    ("sessions_api", "usageday"): ("view",),
    ("sessions_api", "budget"): ("add", "change", "view"),
    ("accounts", "apitoken"): ("add", "change", "view"),
}


def keep_operator_group(**_signal: Any) -> None:
    """Make the group and give it what it lacks; what an administrator added stays. Runs after each migrate."""
    group, _ = Group.objects.get_or_create(name=GROUP)
    wanted = {(app, f"{action}_{model}") for (app, model), actions in ALLOWED.items() for action in actions}
    permissions = Permission.objects.filter(
        content_type__app_label__in={app for app, _ in wanted}
    ).select_related("content_type")
    group.permissions.add(
        *(each for each in permissions if (each.content_type.app_label, each.codename) in wanted)
    )
