"""GET /api/v1/schema: the description itself, as YAML or JSON."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.response import Response

from widgetplatform.api.errors import json_error, problem_of


class SchemaView(SpectacularAPIView):
    """Public, so it looks at no token; its errors are JSON whatever form was asked for."""

    http_method_names = ["get", "head"]
    authentication_classes = ()

    def handle_exception(self, exc: Exception) -> Response:
        """The API's error body."""
        problem = problem_of(exc)
        if problem is None:
            return super().handle_exception(exc)
        answer: Any = json_error(problem.status, problem.message, problem.code, problem.retry_after)
        finished: Response = answer
        return finished
