"""Widgets: settings in plain words, the snippet, the way to the test page."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.owned_admin import NAMING, TIMES
from widgets import admin_blueprints, services  # noqa: F401 (what is registered there)
from widgets.admin_fields import widget_formfield
from widgets.admin_forms import SETTINGS, WidgetForm
from widgets.admin_inherited import HELP, URL_NAME, BlueprintSelect, inherited
from widgets.admin_languages import LanguagePages
from widgets.admin_offers import offer_setup, sources_by_widget
from widgets.admin_pictures import PictureInline, save_pictures
from widgets.effective import load_effective
from widgets.models import WidgetIntegration
from widgets.snippet import embedding

LATER = format_html(
    'Some switches take effect with later versions; <a href="{}">Widget settings</a> says which.',
    "/docs/widget-settings",
)
SWITCHES = ("Replies", "What visitors may do")
UNUSED = "“{}” has a skillset, but uses none of its abilities here while “Tools” is off."
NO_BLUEPRINTS = "None of the chosen widgets has a blueprint."


@admin.register(WidgetIntegration)
class WidgetAdmin(LanguagePages):
    """One embeddable chat."""

    form = WidgetForm
    domain = (services.create_widget, services.update_widget, services.delete_widget)
    change_form_template = "admin/widgets/widgetintegration/change.html"
    list_display = ["__str__", "bot", "blueprint", "enabled", "languages", "test", "updated_at"]
    list_filter = ["enabled", ("blueprint", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["owner", "bot", "blueprint"]
    search_fields = ["name", "alias", "title"]
    autocomplete_fields = ["bot", "blueprint"]
    actions = ["clone", "detach", "set_up"]
    inlines = [PictureInline]
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["name", "blueprint", "bot", "enabled"]}),
        *((title, {"fields": [*names], "description": LATER if title in SWITCHES else ""}) for title, names in SETTINGS),
        ("API and notes", {"fields": [*NAMING, "plugins", *TIMES], "classes": ["collapse"]}),
    ]  # fmt: skip

    class Media:
        css = {"all": ["widgets/inheritance.css"]}
        js = ["admin/js/jquery.init.js", "widgets/inheritance.js"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Switches with three states, one-line texts, and empty told from not set."""
        usual = super().formfield_for_dbfield
        return widget_formfield(db_field, lambda field, **more: usual(field, request, **{**kwargs, **more}))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """“No blueprint” is a choice, which says what it does."""
        if db_field.name == "blueprint":
            kwargs |= {"widget": BlueprintSelect(db_field, self.admin_site), "help_text": HELP}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """Also what a blueprint would give."""
        return [path("inherited/", self.admin_site.admin_view(inherited), name=URL_NAME), *super().get_urls()]

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """With the snippet for this host."""
        if obj:
            own = f"{request.scheme}://{request.get_host()}"
            context.update(embedding(obj, own), origin=own, test_url=reverse("widget-test", args=[obj.pk]))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Texts that could be translated are told, and abilities that no visitor gets to see: the switch for them is off where nothing is set."""
        before = sources_by_widget(WidgetIntegration.objects.filter(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        offer_setup(request, WidgetIntegration.objects.filter(pk=obj.pk), before)
        saved = load_effective(obj.pk)
        if saved and saved.bot_skillset_id and not saved.tools:
            self.message_user(request, UNUSED.format(saved.bot_name), messages.WARNING)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        """A new widget opens, because the next step is its snippet."""
        if "_addanother" not in request.POST and "_popup" not in request.POST:
            posted = request.POST.copy()
            posted["_continue"] = "1"
            request.POST = posted  # type: ignore[assignment]
        return super().response_add(request, obj, post_url_continue)

    def save_formset(self, _request: HttpRequest, _form: Any, formset: Any, change: bool) -> None:
        """The pictures."""
        save_pictures(formset)

    @admin.display(description="try it")
    def test(self, obj: WidgetIntegration) -> str:
        """A link to the test page."""
        return format_html('<a href="{}">Test page</a>', reverse("widget-test", args=[obj.pk]))

    @admin.action(description="Copy the chosen widgets", permissions=["add"])
    def clone(self, request: HttpRequest, queryset: models.QuerySet[WidgetIntegration]) -> None:
        """Copies of everything but id and alias."""
        for widget in queryset:
            services.clone_widget(widget)
        self.message_user(
            request, f"Copied {len(queryset)}. A copy has its original's name and no alias.", messages.SUCCESS
        )

    @admin.action(description="Detach from the blueprint", permissions=["change"])
    def detach(self, request: HttpRequest, queryset: models.QuerySet[WidgetIntegration]) -> None:
        """The chosen widgets keep what they had from their blueprints."""
        attached = list(queryset.filter(blueprint__isnull=False))
        for widget in attached:
            services.update_widget(widget, blueprint=None)
        if attached:
            self.message_user(request, f"Detached {len(attached)}. What came from a blueprint is set at the widget now.", messages.SUCCESS)
        else:
            self.message_user(request, NO_BLUEPRINTS, messages.WARNING)
