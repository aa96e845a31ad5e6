"""Providers of language models and secrets of abilities in the admin; what they keep is typed and never shown."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.text import Truncator
from django.views.decorators.debug import sensitive_post_parameters

from accounts.owned_admin import TIMES, OwnedAdmin
from bots import vault
from bots.admin_vault_forms import ProviderForm, SecretForm
from bots.connections import Tested, try_connections
from bots.models import Bot, Provider, Secret
from bots.providers import BASE_URLS

NAMES_SHOWN = 8
YOURS: Any = ("For yourself", {"fields": ["name", "description", "meta", *TIMES], "classes": ["collapse"]})


@admin.register(Provider)
class ProviderAdmin(OwnedAdmin):
    """Where language models are, with a test of the connection."""

    form = ProviderForm
    change_form_template = "admin/bots/provider/change.html"
    list_display = ["alias", "kind", "address", "has_key", "connection"]
    list_display_links = ["alias"]
    actions = ["test_connections"]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Whether it is shared, is an administrator's matter."""
        shown = super().get_list_display(request)
        return [*shown, "shared"] if request.user.is_superuser else shown

    def get_fieldsets(self, request: HttpRequest, obj: Provider | None = None) -> Any:
        """Only what there is to say: a key that is set can be forgotten, administrators can share."""
        forget = ["clear_key"] if obj and obj.key else []
        share = ["shared"] if request.user.is_superuser else []
        return [(None, {"fields": ["alias", "kind", "base_url", "new_key", *forget, "moderation_model", *share]}), YOURS]

    def get_urls(self) -> list[URLPattern]:
        """The test, below the provider."""
        test = self.admin_site.admin_view(self.test_view)
        return [path("<uuid:pk>/test/", test, name="bots_provider_test"), *super().get_urls()]

    @method_decorator(sensitive_post_parameters("new_key"))
    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """What was saved is tested behind the transaction, which must not wait for a host somewhere."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        saved: Provider | None = getattr(request, "saved_provider", None)
        if saved is not None:
            self._tell(request, try_connections([saved]))
        return response

    def save_model(self, request: Any, obj: Provider, form: Any, change: bool) -> None:
        """Through the vault, told who asks."""
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            vault.update_provider(Provider.objects.get(pk=obj.pk), by=request.user, **fields)
        else:
            obj.pk = vault.create_provider(request.user, by=request.user, **form.cleaned_data).pk
            obj._state.adding = False
        obj.refresh_from_db()
        request.saved_provider = obj

    def delete_model(self, _request: HttpRequest, obj: Provider) -> None:
        """Through the vault."""
        vault.delete_provider(obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """With the bots that use it."""
        original = context.get("original")
        if original is not None:
            bots = Bot.objects.visible_to(request.user).filter(model__startswith=f"{original.alias}:")
            bots = bots if original.shared else bots.filter(owner=original.owner_id)
            context["used_by"] = list(bots.order_by("name")[: NAMES_SHOWN + 1])
        return super().render_change_form(request, context, *args, **kwargs)

    def test_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """POST: test it, and back to its page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        provider = self.get_object(request, str(pk))
        if provider is None:
            return HttpResponseRedirect(reverse("admin:bots_provider_changelist"))
        if not self.has_change_permission(request, provider):
            raise PermissionDenied
        self._tell(request, try_connections([provider]))
        return HttpResponseRedirect(reverse("admin:bots_provider_change", args=[pk]))

    @admin.action(description="Test the connection", permissions=["change"])
    def test_connections(self, request: HttpRequest, queryset: models.QuerySet[Provider]) -> None:
        """All chosen ones at the same time."""
        self._tell(request, try_connections(list(queryset)))

    def _tell(self, request: HttpRequest, results: list[Tested]) -> None:
        for tested in results:
            if tested.error:
                self.message_user(request, f"“{tested.provider}” cannot be used now. {tested.error}", messages.WARNING)
                continue
            names = ", ".join(tested.models[:NAMES_SHOWN])
            more = len(tested.models) - NAMES_SHOWN
            told = f"{names}{f' and {more} more' if more > 0 else ''}" if names else "it names none"
            self.message_user(request, f"The connection to “{tested.provider}” works. Models: {told}.", messages.SUCCESS)

    @admin.display(description="base URL", ordering="base_url")
    def address(self, obj: Provider) -> str:
        """Its own, or the service's."""
        return obj.base_url or BASE_URLS[obj.kind]

    @admin.display(description="key", ordering="key")
    def has_key(self, obj: Provider) -> str:
        """Never more than whether there is one."""
        return "set" if obj.key else "not set"

    @admin.display(description="connection")
    def connection(self, obj: Provider) -> str:
        """What the last test found."""
        if obj.tested_at is None:
            return "not tested"
        return Truncator(obj.test_error).chars(80) if obj.test_error else "works"


@admin.register(Secret)
class SecretAdmin(OwnedAdmin):
    """What abilities send and nobody reads."""

    form = SecretForm
    domain = (vault.create_secret, vault.update_secret, vault.delete_secret)
    list_display = ["alias", "has_value", "sent_to", "updated_at"]
    fieldsets = [(None, {"fields": ["alias", "new_value", "hosts"]}), YOURS]

    @method_decorator(sensitive_post_parameters("new_value"))
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """What is typed stays out of error reports."""
        return super().changeform_view(request, object_id, form_url, extra_context)

    @admin.display(description="value")
    def has_value(self, obj: Secret) -> str:
        """Never more than whether there is one."""
        return "set" if obj.value else "not set"

    @admin.display(description="sent to")
    def sent_to(self, obj: Secret) -> str:
        """The hosts that may get it."""
        return ", ".join(obj.hosts.split()) or "nowhere"
