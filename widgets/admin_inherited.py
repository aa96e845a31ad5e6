"""The choice of a widget's blueprint in the admin, and what its page asks when another one is chosen."""

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse

from accounts.ids import parse_id
from accounts.owned_admin import OwnedSelect
from bots.models import Blueprint
from widgets.inheritance import inherited_values

URL_NAME = "widgets_widgetintegration_inherited"
HELP = "Gives what is not set here. A widget that leaves it keeps what it had from it."


class BlueprintSelect(OwnedSelect):
    """The search for a blueprint; none is a choice with a name."""

    nothing = "No blueprint"

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        """Whom the page asks what the chosen one gives."""
        return {**super().build_attrs(base_attrs, extra_attrs), "data-inherited": reverse(f"{self.admin_site.name}:{URL_NAME}")}


def inherited(request: HttpRequest) -> JsonResponse:
    """What counts for a widget that sets nothing, by field; with ``?blueprint=`` what that one gives. 404 where it is not the person's."""
    blueprint = None
    if "blueprint" in request.GET:
        wanted = parse_id(request.GET["blueprint"])
        blueprint = Blueprint.objects.visible_to(request.user).filter(pk=wanted).first() if wanted else None
        if blueprint is None:
            raise Http404
    return JsonResponse({
        name: {"source": item.source, "given": item.given, "words": item.words, "emptiable": item.can_be_emptied, "hint": item.hint}
        for name, item in inherited_values(blueprint).items()
    })  # fmt: skip
