"""Who calls the plain views that operators have."""

from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated

from accounts.authentication import authenticate_request
from widgetplatform.api.permissions import check_scope


def operator_of(request: HttpRequest, reads: bool = False) -> Any:
    """The owner of the API token. Blocking. 401 without a good one, 404 for a session's, 403 where it lacks the scope ``write`` (or
    ``read``, where the call only ``reads``)."""
    row = authenticate_request(request)
    if row is None:
        raise NotAuthenticated
    check_scope(row, request.method, reads)
    return row.owner
