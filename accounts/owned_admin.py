"""The admin of what an operator owns: own objects only (all for a superuser), written through the domain functions."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest

from accounts.ids import parse_id
from accounts.meta import forget_meta, index_meta
from accounts.objects import OwnedObject

NAMING = ("alias", "description", "meta")
TIMES = ("id", "owner", "created_at", "updated_at")


class OwnedForm(forms.ModelForm):
    """Validates with the owner known, so that a taken alias and somebody else's bot are messages at their fields."""

    maker: ClassVar[Any] = None  # who is asking; get_form sets it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.owner = self.maker

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"owner"}  # type: ignore[misc]  # unknown to the stubs, documented in Django's source

    def clean(self) -> dict[str, Any]:
        """Related objects have the same owner; an emptied JSON field is its default, another kind of nothing is refused."""
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, OwnedObject) and value.owner_id != self.instance.owner_id:
                self.add_error(name, f"must belong to the same owner ({self.instance.owner})")
            field = self._meta.model._meta.get_field(name)
            if isinstance(field, models.JSONField) and not field.null:
                if value is None:
                    self.cleaned_data[name] = field.get_default()
                elif not value and field.get_default() == {} != value:  # validators do not see empty values
                    self.add_error(name, "must be an object")
        return self.cleaned_data


class OwnedSelect(AutocompleteSelect):
    """A search for one of the objects; what is no id, in an address or a forged form, is nothing chosen."""

    nothing = "Nothing chosen"

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        """In words, because an empty box has no name for a screen reader."""
        return {**super().build_attrs(base_attrs, extra_attrs), "data-placeholder": self.nothing}

    def create_option(self, name: str, value: Any, label: Any, *rest: Any, **more: Any) -> Any:
        """The same where there is no script."""
        return super().create_option(name, value, label or self.nothing, *rest, **more)

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """The chosen one."""
        return super().optgroups(name, [item for item in value if parse_id(item)], attrs)


def _create(model: type[OwnedObject]) -> Callable[..., OwnedObject]:
    def create(owner: Any, **fields: Any) -> OwnedObject:
        return _update(model(owner=owner), **fields)

    return create


def _update(item: OwnedObject, **fields: Any) -> OwnedObject:
    for name, value in fields.items():
        setattr(item, name, value)
    item.full_clean()
    item.save()
    index_meta(item)
    return item


def _delete(item: OwnedObject) -> None:
    forget_meta(item)
    item.delete()


class OwnedAdmin(admin.ModelAdmin):
    """Base of all owned objects' admins. ``domain`` names the functions that create, update and delete."""

    form = OwnedForm
    domain: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]] | None = None
    readonly_fields: ClassVar[Any] = TIMES
    search_fields = ["name", "alias"]
    list_select_related = ["owner"]
    show_full_result_count = False
    list_per_page = 50
    save_on_top = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Loading is authorizing: every page, action and autocomplete starts here."""
        return self.model.objects.visible_to(request.user).order_by(*(self.get_ordering(request) or ["-id"]))

    def get_list_display(self, request: HttpRequest) -> Any:
        """A superuser sees whose it is."""
        shown = list(super().get_list_display(request))
        return [*shown, "owner"] if request.user.is_superuser else shown

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, told who asks."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.maker = request.user
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only what this person may see can be chosen, also by a forged form."""
        if issubclass(db_field.related_model, OwnedObject):
            kwargs["queryset"] = db_field.related_model.objects.visible_to(request.user)
            if db_field.name in self.get_autocomplete_fields(request):
                kwargs.setdefault("widget", OwnedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Creates or updates through the domain function; an update passes only what changed on the page."""
        create, update, _ = self.domain or (_create(self.model), _update, _delete)
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            update(self.model.objects.get(pk=obj.pk), **fields)
        else:
            obj.pk = create(request.user, **form.cleaned_data).pk
            obj._state.adding = False
        obj.refresh_from_db()

    def delete_model(self, _request: HttpRequest, obj: Any) -> None:
        """Deletes through the domain function."""
        (self.domain[2] if self.domain else _delete)(obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """The same for the list's action."""
        for item in queryset:
            self.delete_model(request, item)
