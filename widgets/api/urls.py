"""Routes of widgets below ``/api/v1/``."""

from django.urls import path

from widgetplatform.api.routing import verbs
from widgets.api.resources import WidgetResource

urlpatterns = [
    *verbs("integration/widget", WidgetResource, "create list fetch update delete clone"),
    path(
        "integration/widget/<str:widget_integration_id>/embed",
        WidgetResource.as_view({"get": "embed"}),
        name="integration-widget-embed",
    ),
]
