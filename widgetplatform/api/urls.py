"""Everything below /api/v1/."""

from django.urls import include, path

from widgetplatform.api.description import schema
from widgetplatform.api.docs import docs

urlpatterns = [
    path("schema", schema, name="api-schema"),
    path("docs", docs, name="api-docs"),
    path("", include("files.api.urls")),
    path("", include("bots.api.urls")),
    path("", include("widgets.api.urls")),
    path("", include("sessions_api.api.urls")),
]
