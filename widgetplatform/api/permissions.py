"""What a token may do: safe methods need the scope ``read``, all others ``write``."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, Scope
from widgetplatform.api.errors import ApiError

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def check_scope(token: ApiToken, method: str | None, reads: bool = False) -> None:
    """Raises ApiError (403) that names the scope which the token lacks; ``reads`` for a POST that changes nothing."""
    needed = Scope.READ if reads or method in SAFE_METHODS else Scope.WRITE
    if needed not in token.scopes:
        raise ApiError(403, f"This API token lacks the scope “{needed.value}”")


class HasScope(BasePermission):
    """An operator with a token of the right scope; 401 without a token, 403 without the scope.

    A view whose POSTs only read says so: ``reads = {"search"}`` names actions of a resource, ``reads = True`` means all.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the view may run."""
        if not isinstance(request.auth, ApiToken):
            return False
        reads = getattr(view, "reads", ())
        check_scope(request.auth, request.method, reads is True or getattr(view, "action", None) in reads)
        return True
