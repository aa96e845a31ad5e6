"""Django's own error pages: the API's error body below ``/api/``, Django's pages elsewhere. The root URLconf names them."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from widgetplatform.api.errors import json_error, problem_of

API_PREFIX = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: refused by Django before a view was reached, such as a wrong host."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    problem = problem_of(exception)
    return json_error(problem.status if problem else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return json_error(403) if _is_api(request) else defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404: also a route that does not exist."""
    return json_error(404) if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: Django has logged the exception already."""
    return json_error(500) if _is_api(request) else defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIX)
