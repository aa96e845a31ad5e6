"""Signed links, below /files/."""

from django.urls import path

from files import views

urlpatterns = [
    path("upload/<str:token>", views.direct_upload, name="file-direct-upload"),
    path("<str:token>", views.download, name="file-link"),
]
