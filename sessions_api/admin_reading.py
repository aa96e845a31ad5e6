"""The admin of what is only read there."""

from typing import Any

from django.http import HttpRequest

from accounts.owned_admin import OwnedAdmin


class ReadOnlyAdmin(OwnedAdmin):
    """What visitors and the API make is read here, never made or changed."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Made elsewhere."""
        return False

    def has_change_permission(self, _request: HttpRequest, obj: Any = None) -> bool:
        """Only read."""
        return False

    def has_delete_permission(self, _request: HttpRequest, obj: Any = None) -> bool:
        """Only read."""
        return False
