"""The routes of a resource."""

from django.urls import URLPattern, path

from widgetplatform.api.views import Resource

READS = {"list", "fetch", "export"}
WITHOUT_ITEM = {"create", "list", "export", "ensure"}


def verbs(
    prefix: str, resource: type[Resource], names: str = "create list fetch update delete"
) -> list[URLPattern]:
    """``verbs("bot", BotResource)`` is ``bot/create``, ``bot/list``, ``bot/<bot_id>/fetch`` …, named ``bot-create`` and so on.

    A verb beyond those of ``Resource`` is a method of the resource with that name, a POST to ``<item>/<verb>``.
    """
    nouns = [part for part in prefix.split("/") if not part.startswith("<")]
    return [
        path(
            f"{prefix}/{verb}" if verb in WITHOUT_ITEM else f"{prefix}/<str:{resource.lookup}>/{verb}",
            resource.as_view({"get" if verb in READS else "post": verb}),
            name="-".join([*nouns, verb]),
        )
        for verb in names.split()
    ]
