"""Every route, readable from top to bottom."""

from django.contrib import admin
from django.urls import include, path

from widgetplatform.health import healthz, readyz
from widgetplatform.metrics import metrics

urlpatterns = [
    path("", include("widgetplatform.site.urls")),
    path("", include("widgets.urls")),
    path("files/", include("files.urls")),
    path("api/v1/", include("widgetplatform.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

handler400 = "widgetplatform.api.handlers.bad_request"
handler403 = "widgetplatform.api.handlers.permission_denied"
handler404 = "widgetplatform.api.handlers.page_not_found"
handler500 = "widgetplatform.api.handlers.server_error"
