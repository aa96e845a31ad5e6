"""``integration/widget/<id>/language/…``: a widget's texts in its languages, how their setup goes, and a person's own words for them."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from widgetplatform.api.fields import Moment, Text
from widgets import setup
from widgets.api.resources import WidgetResource
from widgets.language_table import MISSING, Row, language_table
from widgets.languages import language_code
from widgets.models import LanguageMap

STATES = (*LanguageMap.State.values, MISSING)


class TextsSerializer(serializers.Serializer[Any]):
    """The texts of a widget that visitors read in their language."""

    title = Text(required=False, allow_null=True, allow_blank=True)
    intro = Text(required=False, allow_null=True, allow_blank=True)
    initial = Text(required=False, allow_null=True, allow_blank=True)
    placeholder = Text(required=False, allow_null=True, allow_blank=True)


class LanguageSerializer(serializers.Serializer[Any]):
    """A language: ``texts`` are what visitors read, ``overrides`` those of a person, ``changed`` the fields whose source is another by now."""

    id = serializers.CharField(help_text="The language's BCP 47 code.")
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    cause = serializers.CharField(required=False, help_text="Why it failed, or what keeps it waiting.")
    texts = TextsSerializer()
    overrides = TextsSerializer()
    changed = serializers.ListField(child=serializers.CharField())
    translator = serializers.CharField(required=False)
    translatedAt = Moment(required=False)  # noqa: N815 (wire names)


class LanguageListSerializer(serializers.Serializer[Any]):
    """All languages of a widget but the first, which its texts are written in."""

    items = LanguageSerializer(many=True)


class LanguageResource(WidgetResource):
    """Languages of the caller's widgets."""

    @extend_schema(responses=LanguageListSerializer)
    def languages(self, _request: Request, **_: Any) -> Response:
        """GET …/language/list: every language that the widget is translated into, in its order."""
        return Response({"items": [_answer(row) for row in language_table(self.get_item()).rows]})

    @extend_schema(request=TextsSerializer)
    def write(self, request: Request, **_: Any) -> Response:
        """POST …/language/<code>/update: your own words, which setup never touches; null is the machine's text again.

        404 for a language that the widget is not translated into.
        """
        widget = self.get_item()
        code = language_code(self.kwargs["language"])
        if code not in setup.sources_of(widget).targets:
            raise Http404("The widget is not translated into this language")
        given = TextsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        self._call(setup.override_texts, widget, code, **given.validated_data)
        return Response({"id": code})


def _answer(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {"cause": row.cause, "translator": row.translator}
    if row.translated_at:
        told["translatedAt"] = int(row.translated_at.timestamp() * 1000)
    return {
        "id": row.language,
        "name": row.name,
        "state": row.state,
        "texts": {cell.field: cell.shown for cell in row.cells if cell.shown},
        "overrides": {cell.field: cell.override for cell in row.cells if cell.override is not None},
        "changed": [cell.field for cell in row.cells if cell.changed],
        **{name: value for name, value in told.items() if value},
    }
