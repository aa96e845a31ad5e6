"""A strict Content-Security-Policy for the pages of the site and the admin."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; frame-src 'self'; connect-src 'self'{sockets}"
)

Handler = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class PagePolicyMiddleware:
    """Sets the policy on every HTML answer that has none of its own; works in sync and async stacks."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Django's entry."""
        if self.is_async:
            return self._async(request)
        return _with_policy(request, cast(HttpResponseBase, self.get_response(request)))

    async def _async(self, request: HttpRequest) -> HttpResponseBase:
        return _with_policy(request, await cast(Awaitable[HttpResponseBase], self.get_response(request)))


def _with_policy(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.headers.get("Content-Type", "").startswith("text/html"):
        response.headers.setdefault(HEADER, POLICY.format(sockets=_sockets(request)))
    return response


def _sockets(request: HttpRequest) -> str:
    # Not every browser takes a socket to the own host for 'self'.
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    return f" {'wss' if request.is_secure() else 'ws'}://{host}"
