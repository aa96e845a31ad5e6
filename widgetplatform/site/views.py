"""The product's own pages: what it is, and its documentation."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from widgetplatform.site.demo import demo_widget
from widgetplatform.site.docs import find_image, find_page, knowledge_pages, pages, read_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the product is, with the demo's bubble where the demo is there."""
    widget = demo_widget()
    return render(
        request,
        "site/home.html",
        {
            "widget": widget,
            "widget_id": widget.pk if widget else "YOUR-WIDGET",
            "pages": [read_page(page) for page in knowledge_pages()],
        },
    )


@require_safe
def docs(request: HttpRequest, slug: str = "") -> HttpResponse:
    """One page of the documentation; the empty slug is the README."""
    page = find_page(slug)
    if page is None:
        raise Http404("no such page")
    listed = [read_page(each) for each in pages()]
    return render(
        request, "site/docs.html", {"page": read_page(page), "pages": listed, "widget": demo_widget()}
    )


@require_safe
def docs_image(_request: HttpRequest, name: str) -> FileResponse:
    """A picture that a page of the documentation shows."""
    path = find_image(name)
    if path is None:
        raise Http404("no such picture")
    return FileResponse(path.open("rb"))
