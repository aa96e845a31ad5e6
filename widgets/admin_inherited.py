"""The choice of a widget's blueprint in the admin, and what its page asks when another one is chosen."""

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse

from accounts.ids import parse_id
from accounts.owned_admin import OwnedSelect
from bots.models import Blueprint
from widgets.inheritance import inherited_values

URL_NAME = "widgets_widgetintegration_inherited"
NO_BLUEPRINT = "No blueprint"
HELP = "Gives what is not set here. A widget that leaves it keeps what it had from it."


class BlueprintSelect(OwnedSelect):
    """The search for a blueprint, in which none is a choice with a name."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        """What is shown while nothing is chosen, and whom the page asks."""
        address = reverse(f"{self.admin_site.name}:{URL_NAME}")
        return {**super().build_attrs(base_attrs, extra_attrs), "data-placeholder": NO_BLUEPRINT, "data-inherited": address}

    def create_option(self, name: str, value: Any, label: Any, *rest: Any, **more: Any) -> Any:
        """The empty one, where there is no script."""
        return super().create_option(name, value, label or NO_BLUEPRINT, *rest, **more)


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
