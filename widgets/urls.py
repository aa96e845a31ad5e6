"""Public pages of widgets."""

from django.urls import path

from widgets import views

urlpatterns = [
    path("widget.js", views.loader, name="widget-loader"),
    path("integrations/widget/v2.js", views.loader, name="widget-loader-v2"),
    path("integrations/widget/<str:widget_id>", views.frame, name="widget-page"),
    path("integrations/widget/<str:widget_id>/frame", views.frame, name="widget-frame"),
    path("integrations/widget/<str:widget_id>/launcher.json", views.launcher, name="widget-launcher"),
    path("integrations/widget/<str:widget_id>/file/<str:kind>/<str:version>", views.picture, name="widget-picture"),
    path("integrations/widget/<str:widget_id>/test", views.test_page, name="widget-test"),
]
