"""What signed links lead to. No token and no cookie is looked at: the link is all that is needed, for a while."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from files.errors import FileRefused
from files.links import linked, served
from files.uploads import redeem
from widgetplatform.api.errors import json_error

View = Callable[[HttpRequest, str], HttpResponseBase]


def _link(*methods: str) -> Callable[[View], View]:
    """A view of a link: refusals in the API's shape."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def handled(request: HttpRequest, token: str) -> HttpResponseBase:
            if request.method not in methods:
                return json_error(405, f"This link takes {' and '.join(methods)}")
            try:
                return view(request, token)
            except FileRefused as refusal:
                return json_error(refusal.status_code, refusal.message)

        return handled

    return decorate


@_link("GET", "HEAD")
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The content behind a download link."""
    answer = served(request, linked(token))
    if request.method == "GET":
        return answer
    answer.close()
    return HttpResponse(headers=dict(answer.items()))


@_link("PUT")
def direct_upload(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes that were promised: ``{id}``."""
    return JsonResponse({"id": str(redeem(token, request))})
