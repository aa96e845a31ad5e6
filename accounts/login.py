"""The log-in form of the admin: who tries too often has to wait, whatever the password is."""

import hashlib
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from accounts.counts import counts
from accounts.limits import Bucket, request_address


class LoginForm(AdminAuthenticationForm):
    """Failed tries are limited by address and name: nobody locks others out of their account from elsewhere."""

    def clean(self) -> dict[str, Any]:
        """A try is counted before the password is checked, so that tries in parallel count; a success forgets them."""
        key = f"login:{_digest(self._address(), self.cleaned_data.get('username', ''))}"
        wait = Bucket(settings.LOGIN_FAILURES_PER_MINUTE, settings.LOGIN_FAILURES_PER_MINUTE).take(key)
        if wait:
            raise ValidationError(
                "Too many failed log-ins with this name. Try again in %(seconds)s seconds.", "too_many", {"seconds": ceil(wait)}
            )
        cleaned: dict[str, Any] = super().clean()
        counts.forget(key)
        return cleaned

    def _address(self) -> str:
        return request_address(self.request) if self.request else "unknown"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(part.casefold() for part in parts).encode("utf-8", "surrogatepass")).hexdigest()
