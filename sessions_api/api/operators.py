"""Who calls the plain views that only operators have."""

from typing import Any

from django.http import HttpRequest

from accounts.authentication import authenticate_request
from sessions_api.api.caller import NO_TOKEN
from widgetplatform.api.errors import ApiError
from widgetplatform.api.permissions import check_scope


def operator_of(request: HttpRequest, reads: bool = False) -> Any:
    """The owner of the API token. Blocking. 401 without a good one, 404 for a session's, 403 where it lacks the scope ``write`` (or
    ``read``, where the call only ``reads``)."""
    row = authenticate_request(request)
    if row is None:
        raise ApiError(401, NO_TOKEN)
    check_scope(row, request.method, reads)
    return row.owner
