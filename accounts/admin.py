"""API tokens: made, shown once, revoked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html

from accounts.models import ApiToken, Scope, all_scopes, create_api_token


class ApiTokenForm(forms.ModelForm):
    """A token that is made for nothing is a mistake."""

    def clean_expires_at(self) -> Any:
        """Empty, or later than now."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise ValidationError("must be in the future")
        return expires_at


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """The token itself is on one page only, the answer to its making; afterwards there is just its beginning."""

    form = ApiTokenForm
    list_display = ["shown_prefix", "name", "allowed", "state", "last_used_at", "expires_at", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name", "prefix"]
    actions = ["revoke"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ApiToken]:
        """Own tokens; all for a superuser."""
        tokens = (
            ApiToken.objects.all()
            if request.user.is_superuser
            else ApiToken.objects.filter(owner_id=request.user.pk)
        )
        return tokens.order_by("-id")

    def get_list_display(self, request: HttpRequest) -> Any:
        """A superuser sees whose it is."""
        return [*self.list_display, "owner"] if request.user.is_superuser else self.list_display

    def get_fields(self, _request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """What can be said when it is made; afterwards all that is known of it."""
        if obj is None:
            return ["name", "scopes", "expires_at"]
        return [
            "shown_prefix",
            "name",
            "allowed",
            "state",
            "owner",
            "created_at",
            "last_used_at",
            "expires_at",
            "revoked_at",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """A token never changes, but for its name."""
        return [name for name in self.get_fields(request, obj) if name != "name"] if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The scopes are check boxes, all ticked."""
        if db_field.name != "scopes":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.MultipleChoiceField(
            choices=Scope.choices,
            initial=all_scopes,
            widget=forms.CheckboxSelectMultiple,
            help_text=db_field.help_text,
            error_messages={"required": "Choose at least one."},
        )

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Revoking keeps the trace of it; only a superuser removes the row too."""
        return bool(request.user.is_superuser) and super().has_delete_permission(request, obj)

    def save_model(self, request: Any, obj: ApiToken, form: Any, change: bool) -> None:
        """Makes the token; its text stays on the request for the page that shows it."""
        if change:
            obj.save(update_fields=["name"])
            return
        made, request.made_token = create_api_token(request.user, **form.cleaned_data)
        obj.__dict__.update(made.__dict__)

    def response_add(
        self, request: Any, obj: ApiToken, _post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page with the token. It is the answer itself, so the text is stored nowhere, not even in the session."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Your new API token",
            "token": request.made_token,
            "item": obj,
        }
        return TemplateResponse(request, "admin/accounts/apitoken/made.html", context)

    @admin.display(description="token", ordering="prefix")
    def shown_prefix(self, obj: ApiToken) -> str:
        """As much of it as tells tokens apart."""
        return format_html("<code>{}…</code>", obj.prefix)

    @admin.display(description="scopes")
    def allowed(self, obj: ApiToken) -> str:
        """What it may do."""
        return ", ".join(obj.scopes)

    @admin.display(description="state")
    def state(self, obj: ApiToken) -> str:
        """Active, expired or revoked."""
        return "active" if obj.active else "revoked" if obj.revoked_at else "expired"

    @admin.action(description="Revoke the chosen tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[ApiToken]) -> None:
        """From now on they open nothing."""
        count = queryset.filter(revoked_at=None).update(revoked_at=timezone.now())
        self.message_user(
            request,
            f"Revoked {count} of {queryset.count()} tokens. They open nothing from now on.",
            messages.SUCCESS,
        )
