"""``integration/widget/…``: the five verbs, clone, setup and embed."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework.fields import CharField, DictField
from rest_framework.request import Request
from rest_framework.response import Response

from widgetplatform.api.serializers import ResourceSerializer
from widgetplatform.api.views import Resource
from widgets import services
from widgets.api.serializers import EffectiveWidgetSerializer, WidgetSerializer
from widgets.snippet import embedding
from widgets.views import own_origin


class WidgetResource(Resource):
    """Widget integrations of the caller."""

    serializer_class = WidgetSerializer
    lookup = "widget_integration_id"
    create_item = staticmethod(services.create_widget)
    update_item = staticmethod(services.update_widget)
    delete_item = staticmethod(services.delete_widget)

    def get_queryset(self) -> QuerySet[Any]:
        """With the blueprint, which effective values are read from."""
        queryset = super().get_queryset()
        return queryset.select_related("blueprint") if self._effective() else queryset

    def get_serializer(self, *args: Any, **kwargs: Any) -> ResourceSerializer:
        """``?effective=true`` gives inherited and default values too."""
        kind = EffectiveWidgetSerializer if self._effective() else WidgetSerializer
        return kind(*args, context={"request": self.request, "view": self}, **kwargs)

    def clone(self, request: Request, **_: Any) -> Response:
        """POST …/clone: a copy of everything but id and alias; ``{id}`` of the copy."""
        return Response({"id": str(services.clone_widget(self.get_item()).pk)})

    @extend_schema(
        responses=inline_serializer(
            "WidgetEmbedding",
            {
                "snippet": CharField(),
                "inline": CharField(),
                "link": CharField(),
                "frame": CharField(),
                "csp": DictField(child=CharField()),
            },
        )
    )
    def embed(self, request: Request, **_kwargs: Any) -> Response:
        """GET …/embed: what a site owner pastes, and the sources a strict policy must allow."""
        return Response(embedding(self.get_item(), own_origin(request._request)))

    def set_up(self, _request: Request, **_kwargs: Any) -> Response:
        """POST …/setup: what visitors get of the widget is made anew in the background; answers at once."""
        widget = self.get_item()
        services.setup_widget(widget)
        return Response({"id": str(widget.pk)})

    def _effective(self) -> bool:
        return self.action in ("fetch", "list") and self.request.query_params.get("effective") == "true"
