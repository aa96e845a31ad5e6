"""The product's own pages; the platform's urls include them at the root."""

from django.urls import path
from django.views.generic import RedirectView

from widgetplatform.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("docs", RedirectView.as_view(pattern_name="docs")),
    path("docs/", views.docs, name="docs"),
    path("docs/img/<str:name>", views.docs_image, name="docs-image"),
    path("docs/<slug:slug>", views.docs, name="docs-page"),
]
