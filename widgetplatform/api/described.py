"""Plain async views in the API's description. DRF cannot await, so streams and the conversation's routes are such views."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny

from widgetplatform.api.views import VerbView

F = TypeVar("F", bound=Callable[..., Any])


def described(
    method: str, *, public: bool = False, request: Any = None, responses: Any = None, **more: Any
) -> Callable[[F], F]:
    """Decorate the view itself, outermost. Arguments are those of ``extend_schema``; ``public``: no token needed.

    ``responses`` None is an answer without a body. The view is called as it is: only the description looks at this.
    """

    def decorate(view: F) -> F:
        def shown(_view: VerbView, _request: Any, **_: Any) -> None:
            """Never called; extend_schema marks the function itself, so every view needs one of its own."""

        shape = extend_schema(request=request, responses=responses, description=view.__doc__, **more)
        members: dict[str, Any] = {
            method.lower(): shape(shown),
            "permission_classes": (AllowAny,) if public else VerbView.permission_classes,
        }
        view.cls = type(f"{view.__name__}_described", (VerbView,), members)  # type: ignore[attr-defined]
        view.initkwargs = {}  # type: ignore[attr-defined]
        return view

    return decorate
