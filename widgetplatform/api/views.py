"""Views of the API: one operation, and a whole resource with its verb routes."""

from collections.abc import Callable, Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from accounts.ids import parse_id
from accounts.objects import Visibility
from widgetplatform.api import lists, streams
from widgetplatform.api.errors import ApiError
from widgetplatform.api.fields import merge_meta
from widgetplatform.api.lookup import find_or_404, owned
from widgetplatform.api.parsers import StrictJSONParser
from widgetplatform.api.serializers import ResourceSerializer
from widgetplatform.api.validation import django_detail, is_conflict, validation_message

SHARED = (Visibility.PROTECTED, Visibility.PUBLIC)
Items = list[Any]  # named here: inside Resource, ``list`` is the verb
Rows = list[dict[str, Any]]


class JSONAnyway(BaseContentNegotiation):
    """Answers are JSON whatever ``Accept`` says; operations with another form look for it themselves."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser of the body's type; None is a 415."""
        kind = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, _request: Request, renderers: Any, _suffix: str | None = None) -> Any:
        """The first; ``?format=`` is left to operations that have one."""
        return renderers[0], renderers[0].media_type


class VerbView(APIView):
    """One operation: write ``get`` or ``post``, return ``Response(data)`` or any Django response."""

    # HTTP's DELETE would find the verb of that name, and OPTIONS is CORS's alone.
    http_method_names = ["get", "head", "post"]
    content_negotiation_class = JSONAnyway
    reads: Collection[str] | bool = ()  # POSTs that only read, by action; True: all of this view's

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """DRF takes a body without ``Content-Length`` for none; a chunked one is read all the same."""
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            request.META["CONTENT_LENGTH"] = "1"
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A method that is not there is refused before anybody is asked who they are."""
        method = str(request.method).lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if method == "post" and StrictJSONParser in self.parser_classes:
            _ = request.data  # also where nothing of it is wanted: what cannot be read must not delete anything


class Resource(ViewSetMixin, VerbView):
    """The verb routes of objects that belong to an operator; ``routing.verbs`` makes the URLs.

    A resource sets ``serializer_class``, ``lookup`` (the URL's keyword) and the services
    ``create_item(owner, **fields)``, ``update_item(item, **fields)``, ``delete_item(item)`` and, where it has that verb,
    ``clone_item(item, owner)`` as static methods.
    """

    serializer_class: type[ResourceSerializer]
    lookup: str
    create_item: Callable[..., Model]
    update_item: Callable[..., Model]
    delete_item: Callable[[Any], object]
    clone_item: Callable[[Any, Any], Model]
    shared_verbs: frozenset[str] = frozenset()  # what others may do with objects that their owner made protected or public

    def get_queryset(self) -> QuerySet[Any]:
        """What the caller may see."""
        return owned(self.serializer_class.Meta.model, self.request.user)

    def get_item(self, lock: bool = False) -> Any:
        """The object that the URL names, by id or alias; Http404. ``lock`` needs a transaction."""
        queryset = self.get_queryset()
        if self.action in self.shared_verbs:
            queryset = self.with_shared(queryset)
        return find_or_404(
            queryset.select_for_update(of=("self",)) if lock else queryset, self.kwargs[self.lookup]
        )

    def with_shared(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """``queryset`` and, by their ids only, objects that other operators share."""
        if parse_id(self.kwargs[self.lookup]) is None:
            return queryset
        shared = queryset.model._default_manager.filter(visibility__in=SHARED)
        return queryset | shared

    def get_serializer(self, *args: Any, **kwargs: Any) -> ResourceSerializer:
        """A serializer that knows the request."""
        context = {"request": self.request, "view": self, **kwargs.pop("context", {})}
        return self.serializer_class(*args, context=context, **kwargs)

    def filter_list(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What a list's query narrows it to."""
        return lists.filter_list(queryset, self.request.user, self.request.query_params)

    def check_place(self) -> None:
        """Http404 where there is nothing to create something in; asked before the body is looked at."""

    def perform_create(self, fields: dict[str, Any]) -> Any:
        """Call the service."""
        return self.create_item(self.request.user, **fields)

    def create(self, _request: Request, **_: Any) -> Response:
        """POST …/create: ``{id}``."""
        self.check_place()
        fields = self._fields()
        if "meta" in fields:
            fields["meta"] = merge_meta({}, fields["meta"])
        return _id(self._call(self.perform_create, fields))

    def list(self, request: Request, **_: Any) -> HttpResponseBase:
        """GET …/list: ``{items, cursor}``, or every item as JSON lines or CSV."""
        page = lists.page_of(request.query_params)
        queryset = self.filter_list(self.get_queryset())
        kind = streams.wanted_type(request._request)
        if kind == streams.JSON:
            items = page.of(queryset)
            answer: dict[str, Any] = {"items": self._many(items)}
            return Response({**answer, "cursor": str(items[-1].pk)} if items else answer)
        pages = (self._many(items) for items in page.pages(queryset))
        if kind == streams.JSONL:
            return streams.streaming(request._request, streams.jsonl(pages), kind)
        rows = streams.csv_rows(list(self.get_serializer().fields), pages)
        return streams.streaming(request._request, rows, kind, f"{queryset.model._meta.model_name}s.csv")

    def export(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """GET …/export: what a list answers, in every form that it has."""
        return self.list(request, **kwargs)

    def fetch(self, _request: Request, **_: Any) -> Response:
        """GET …/fetch: what is set on the object."""
        return Response(self.get_serializer(self.get_item()).data)

    def update(self, request: Request, **_: Any) -> Response:
        """POST …/update: absent fields stay, null ones become "not set", meta is merged."""
        sent: Any = request.data
        with transaction.atomic():  # the merge must see the meta that it replaces
            item = self.get_item(lock=True)
            fields = self._fields(item)
            if "meta" in fields:
                fields["meta"] = merge_meta(item.meta, fields["meta"]) if sent["meta"] is not None else {}
            return _id(self._call(self.update_item, item, **fields))

    def delete(self, _request: Request, **_: Any) -> Response:
        """POST …/delete."""
        item = self.get_item()
        pk = item.pk
        self._call(self.delete_item, item)
        return Response({"id": str(pk)})

    def clone(self, request: Request, **_: Any) -> Response:
        """POST …/clone: a copy that belongs to the caller; ``{id}`` of the copy."""
        return _id(self._call(self.clone_item, self.get_item(), request.user))

    def _fields(self, item: Any = None) -> dict[str, Any]:
        serializer = self.get_serializer(item, data=self.request.data, partial=item is not None)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _many(self, items: Items) -> Rows:
        return [dict(row) for row in self.get_serializer(items, many=True).data]

    def _call(self, service: Callable[..., Any], *args: Any, **fields: Any) -> Any:
        """A service's refusals name fields of the model; the answer names those of the API."""
        try:
            with transaction.atomic():
                return service(*args, **fields)
        except IntegrityError:
            raise ApiError(409, "This conflicts with a change that was made at the same moment") from None
        except ValidationError as error:
            names = {str(field.source): name for name, field in self.get_serializer().fields.items()}
            raise ApiError(
                409 if is_conflict(error) else 400, validation_message(django_detail(error, names))
            ) from None


class ChildResource(Resource):
    """Objects inside another one of the caller's: ``parent`` is its model, ``parent_lookup`` the URL's keyword,
    ``parent_field`` the child's foreign key. ``create_item(parent, **fields)`` gets the parent in the owner's place."""

    parent: type[Model]
    parent_lookup: str
    parent_field: str

    def get_parent(self) -> Any:
        """The caller's object that the route names first; Http404."""
        return find_or_404(owned(self.parent, self.request.user), self.kwargs[self.parent_lookup])

    def get_queryset(self) -> QuerySet[Any]:
        """The children of that parent."""
        children: QuerySet[Any] = self.serializer_class.Meta.model._default_manager.filter(
            **{self.parent_field: self.get_parent()}
        )
        return children

    def check_place(self) -> None:
        """The parent."""
        self.get_parent()

    def filter_list(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Children have no filters."""
        return queryset

    def perform_create(self, fields: dict[str, Any]) -> Any:
        """Into the parent."""
        return self.create_item(self.get_parent(), **fields)


def _id(item: Any) -> Response:
    return Response({"id": str(item.pk)})
