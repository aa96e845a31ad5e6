"""What pydantic-ai's exceptions mean: codes for visitors, causes for operators, without anything that was sent."""

from collections.abc import Iterable

from pydantic_ai import exceptions

from bots.engines.base import EngineError, ProviderAccess
from bots.engines.providers.errors import Refused, error_event, failed, refused, tell
from fetcher.errors import FetchRefused


def engine_error(error: Exception, access: ProviderAccess, sent: Iterable[str]) -> EngineError:
    """The error of a round, as the ``Client`` protocol has it."""
    for found in _chain(error):
        if isinstance(found, FetchRefused):
            code = "provider" if found.code == "private_address" else "unavailable"
            return failed(code, access, f"cannot be reached. {found.message}")
    match error:
        case exceptions.ModelHTTPError(status_code=status):
            known = refused(status, {}, b"{}", access, sent)
            said = tell(_said(error), access, sent)
            cause = known.cause.partition(":")[0] + (f": {said}" if said else "")
            return Refused(known.code, cause=cause, message=_said(error), retry_after=error.retry_after)
        case exceptions.ModelTimeoutError():
            return failed("timeout", access, "did not answer in time")
        case exceptions.ModelConnectionError():
            return failed("broken" if error.in_stream else "unavailable", access, "cannot be reached, or broke the connection off")
        case exceptions.ModelAPIError() if error.body is not None:
            return error_event(error.body, access, sent)
        case exceptions.ModelAPIError():
            return failed("unavailable", access, "gave up")
        case exceptions.ContentFilterError():
            return Refused("refused", cause="The provider's content filter did not like the request", filtered=True)
        case exceptions.UserError():
            return failed("provider", access, f"cannot be asked in this way: {tell(str(error), access, sent)}")
    return failed("broken", access, f"sent something that cannot be read ({type(error).__name__})")


def _said(error: exceptions.ModelHTTPError) -> str:
    body = error.body
    inner = body.get("error", body) if isinstance(body, dict) else body
    message = inner.get("message") if isinstance(inner, dict) else inner
    return message if isinstance(message, str) else ""


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    seen = 0
    while error is not None and seen < 10:
        yield error
        error, seen = error.__cause__ or error.__context__, seen + 1
