"""Routes of files."""

from django.urls import path

from files.api.resources import FileResource, PublicOrScope
from widgetplatform.api.routing import verbs

ITEM = "file/<str:file_id>"

urlpatterns = [
    *verbs("file", FileResource, "create list fetch update delete sync"),
    # Bodies of any type, which the view reads itself.
    path(f"{ITEM}/upload", FileResource.as_view({"post": "upload"}, parser_classes=[]), name="file-upload"),
    # Public files need no token.
    path(f"{ITEM}/download", FileResource.as_view({"get": "download"}, permission_classes=[PublicOrScope]), name="file-download"),
]
