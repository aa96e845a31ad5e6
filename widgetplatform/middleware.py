"""Django's middleware without what the API does not need of it.

Under ASGI each of them hands the request to a thread twice. Those that only read and set headers need none; those of cookies, log-ins and
forms have nothing to do where neither cookies nor forms are looked at.
"""

from collections.abc import Awaitable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware import clickjacking, common, csrf, security

API = "/api/"


class _WithoutThread:
    """For middleware that never waits for anything."""

    get_response: Any

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before: Any = getattr(self, "process_request", None)
        after: Any = getattr(self, "process_response", None)
        response = before(request) if before else None
        if response is None:
            response = await self.get_response(request)
        return after(request, response) if after else response


class _NotForApi:
    """For middleware of pages."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Django's entry."""
        if request.path.startswith(API):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class SecurityMiddleware(_WithoutThread, security.SecurityMiddleware):
    """Headers."""


class CommonMiddleware(_WithoutThread, common.CommonMiddleware):
    """Slashes and Content-Length."""


class XFrameOptionsMiddleware(_WithoutThread, clickjacking.XFrameOptionsMiddleware):
    """One header."""


class SessionMiddleware(_NotForApi, sessions.SessionMiddleware):
    """The admin's session."""


class AuthenticationMiddleware(_NotForApi, auth.AuthenticationMiddleware):
    """Who is logged in to the admin."""


class MessageMiddleware(_NotForApi, messages.MessageMiddleware):
    """Messages of the admin."""


class CsrfViewMiddleware(_NotForApi, csrf.CsrfViewMiddleware):
    """Forms of pages. The API takes no cookie, so nobody can forge a request with one."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        if self.async_mode:  # Django would send each request to a thread for this
            vars(self)["process_view"] = self._process_view_async

    async def _process_view_async(self, request: HttpRequest, *rest: Any) -> Any:
        if request.path.startswith(API):
            return None
        return await sync_to_async(super().process_view, thread_sensitive=True)(request, *rest)
