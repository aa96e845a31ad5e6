"""Public pages of widgets as Django views; most requests are answered ahead of them, by ``widgetplatform.hotpath``."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.ids import parse_id
from files.storage import open_content
from widgetplatform.api.lookup import find_or_404
from widgets.answers import Answer, Ask, answer, frame_answer, launcher_answer
from widgets.config import effective_of, language_for
from widgets.models import WidgetIntegration
from widgets.pages import frame_page, launcher_page, loader_page
from widgets.pictures import Picture, picture_file, picture_url, version_of
from widgets.snippet import embedding

FOREVER = "public, max-age=31536000, immutable"
PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
MISSING_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """GET /widget.js and /integrations/widget/v2.js."""
    return _response(answer(loader_page(), _ask(request)))


@require_safe
@xframe_options_exempt
def frame(request: HttpRequest, widget_id: str) -> HttpResponse:
    """GET /integrations/widget/<id>/frame?lang=: what the loader puts into an iframe; without ``/frame`` the same as a page of its own.

    ``lang`` lists wanted languages, separated by commas.
    """
    effective = effective_of(widget_id)
    if effective is None:
        missing = render(request, "widgets/missing.html", status=404)
        missing.headers["Content-Security-Policy"] = MISSING_POLICY
        return missing
    ask = _ask(request)
    return _response(frame_answer(frame_page(effective, language_for(effective, ask.languages)), effective, ask))


@require_safe
def launcher(request: HttpRequest, widget_id: str) -> HttpResponse:
    """GET /integrations/widget/<id>/launcher.json?lang=."""
    effective = effective_of(widget_id)
    if effective is None:
        headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        return JsonResponse(
            {"message": "There is no such widget", "code": "NOT_FOUND"}, status=404, headers=headers
        )
    ask = _ask(request)
    return _response(
        launcher_answer(launcher_page(effective, language_for(effective, ask.languages)), effective, ask)
    )


@require_safe
@login_required
def test_page(request: HttpRequest, widget_id: str) -> HttpResponse:
    """GET /integrations/widget/<id>/test: a plain page with the real snippet, for the operator."""
    widget = find_or_404(WidgetIntegration.objects.visible_to(request.user), widget_id)
    own = own_origin(request)
    context = {"widget": widget, "effective": effective_of(widget.pk), "embedding": embedding(widget, own)}
    return render(request, "widgets/test.html", context)


@require_safe
def picture(_request: HttpRequest, widget_id: str, kind: str, version: str) -> HttpResponse:
    """GET /integrations/widget/<id>/file/<type>/<version>: a picture. An older version leads to the present one."""
    key = parse_id(widget_id)
    file = picture_file(key, kind) if key else None
    if key is None or file is None:
        raise Http404("There is no such picture")
    present = Picture(kind, version_of(file))
    if version != present.version:
        return HttpResponseRedirect(picture_url(key, present), headers={"Cache-Control": "no-store", **PICTURE_HEADERS})
    try:
        with open_content(file) as content:
            data = content.read()
    except FileNotFoundError:
        raise Http404("There is no such picture") from None
    return HttpResponse(data, content_type=file.content_type, headers={"Cache-Control": FOREVER, **PICTURE_HEADERS})


def own_origin(request: HttpRequest) -> str:
    """Scheme and host of the request; DisallowedHost (400) for a host that is not ours."""
    return f"{request.scheme}://{request.get_host()}"


def _ask(request: HttpRequest) -> Ask:
    return Ask(
        own=own_origin(request),
        head=request.method == "HEAD",
        origin=request.headers.get("Origin"),
        if_none_match=request.headers.get("If-None-Match", ""),
        accept_encoding=request.headers.get("Accept-Encoding", ""),
        accept_language=request.headers.get("Accept-Language", ""),
        lang=request.GET.get("lang", ""),
    )


def _response(given: Answer) -> HttpResponse:
    return HttpResponse(given.body, status=given.status, headers=dict(given.headers))
