"""What one request to the API may still do: limits of its address, of its token, and of failed tries from its address."""

from django.conf import settings

from accounts.counts import Count, counts
from accounts.limits import Bucket
from widgetplatform.api.errors import ApiError


class RequestLimits:
    """Reads its counts once and writes each once. Call ``enter``, ask the database, then call ``succeed`` or ``fail``.

    A token that was good within the last ten minutes passes where its neighbors behind the same address used up their tries.
    """

    def __init__(self, address: str, digest: str | None) -> None:
        self._address, self._failures = f"address:{address}", f"failures:{address}"
        self._token = f"token:{digest}" if digest else None
        self._counts = counts.load([self._address, self._failures, self._token] if self._token else [self._address])
        self._known = self._token in self._counts

    def enter(self) -> None:
        """Before the database is asked. Raises ApiError (429) with ``retry_after``."""
        spent = {self._address: self._spend(self._address, _address_bucket(), "Too many requests from this address")}
        if self._token and self._known:
            spent[self._token] = self._spend(self._token, _token_bucket(), "Too many requests with this API token")
        elif self._token:  # a try costs only who fails: a good token may begin with many requests at once
            self._spend(self._failures, _failure_bucket(), "Too many failed tries from this address")
        counts.store(spent)

    def succeed(self) -> None:
        """The token is good."""
        if self._token and not self._known:
            _, count = _token_bucket().spend(None)
            counts.store({self._token: count})

    def fail(self) -> None:
        """It is not, or no more."""
        if self._token and self._known:
            counts.forget(self._token)
        _failure_bucket().take(self._failures)

    def _spend(self, key: str, bucket: Bucket, refusal: str) -> Count:
        wait, count = bucket.spend(self._counts.get(key))
        if wait:
            raise ApiError(429, f"{refusal}: at most {bucket.per_minute} a minute", retry_after=wait)
        return count


def _address_bucket() -> Bucket:
    return Bucket(settings.ADDRESS_REQUESTS_PER_MINUTE, settings.ADDRESS_REQUESTS_PER_MINUTE)


def _token_bucket() -> Bucket:
    return Bucket(settings.TOKEN_REQUESTS_PER_MINUTE, settings.TOKEN_REQUESTS_PER_MINUTE)


def _failure_bucket() -> Bucket:
    return Bucket(settings.AUTH_FAILURES_PER_MINUTE, settings.AUTH_FAILURES_PER_MINUTE)
