"""Routes of widgets below ``/api/v1/``."""

from django.urls import path

from widgetplatform.api.routing import verbs
from widgets.api.languages import LanguageResource
from widgets.api.pictures import PictureResource
from widgets.api.resources import WidgetResource

WIDGET = "integration/widget/<str:widget_integration_id>"

urlpatterns = [
    *verbs("integration/widget", WidgetResource, "create list fetch update delete clone"),
    path(
        f"{WIDGET}/setup", WidgetResource.as_view({"post": "set_up"}), name="integration-widget-setup"
    ),
    path(
        f"{WIDGET}/embed",
        WidgetResource.as_view({"get": "embed"}),
        name="integration-widget-embed",
    ),
    path(f"{WIDGET}/language/list", LanguageResource.as_view({"get": "languages"}), name="integration-widget-language-list"),
    path(f"{WIDGET}/language/<str:language>/update", LanguageResource.as_view({"post": "write"}), name="integration-widget-language-update"),
    *(
        path(
            f"{WIDGET}/file/<str:file_id>/{verb}",
            PictureResource.as_view({"post": verb}),
            name=f"integration-widget-file-{verb}",
        )
        for verb in ("attach", "detach")
    ),
]
