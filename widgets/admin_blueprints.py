"""Blueprints: what their widgets inherit, with the fields of a widget's own page, and which widgets these are."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from accounts.owned_admin import NAMING, TIMES
from bots import admin as bots_admin
from bots import services
from bots.models import Blueprint
from widgets.admin_forms import INHERITABLE, SETTINGS, BlueprintForm
from widgets.admin_offers import TRANSLATED_FIELDS, offer_setup, sources_by_widget
from widgets.fields import FIELDS
from widgets.inheritance import changed_settings, unknown_settings, unusable_settings
from widgets.models import WidgetIntegration

WIDGETS_SHOWN = 50
WIDGETS = "admin:widgets_widgetintegration_changelist"
INHERITED = "What is not set at a widget of this blueprint comes from here. A change shows at once."

admin.site.unregister(Blueprint)


@admin.register(Blueprint)
class BlueprintAdmin(bots_admin.BlueprintAdmin):
    """A group of objects and the settings that its widgets inherit."""

    form = BlueprintForm
    change_form_template = "admin/widgets/blueprint.html"
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["name", "bot"], "description": INHERITED}),
        *((title, {"fields": [*names]}) for title, names in SETTINGS),
        ("API and notes", {"fields": ["visibility", *NAMING, "plugins", *TIMES], "classes": ["collapse"]}),
    ]  # fmt: skip

    class Media:
        css = {"all": ["widgets/inheritance.css"]}
        js = ["admin/js/jquery.init.js", "widgets/inheritance.js"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may only look sees the settings as they are stored."""
        if obj and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["name", "widget_defaults", "visibility", *NAMING, *TIMES]})]
        return super().get_fieldsets(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """With the fields of a widget's form, made by its admin."""
        widgets: Any = self.admin_site.get_model_admin(WidgetIntegration)
        fields = {name: widgets.formfield_for_dbfield(FIELDS[name], request) for name in INHERITABLE}
        return super().get_form(request, obj, change, **{**kwargs, "form": type("BlueprintForm", (self.form,), fields)})

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Says that the widgets stay."""
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        widgets = WidgetIntegration.objects.filter(blueprint__in=[obj.pk for obj in objs]).count()
        if widgets:
            deleted = [*deleted, f"Not deleted: {widgets} widget{'' if widgets == 1 else 's'}, with the settings that came from here."]
        return deleted, counts, lacking, protected

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The settings that the page has changed go into those that are stored now."""
        cleaned = dict(form.cleaned_data)
        settings = cleaned.pop("settings")
        if change:
            stored = Blueprint.objects.get(pk=obj.pk)
            changed = {name: value for name, value in cleaned.items() if name in form.changed_data}
            new = {name: value for name, value in settings.items() if name in form.changed_data}
            widgets = WidgetIntegration.objects.filter(blueprint=stored) if TRANSLATED_FIELDS & new.keys() else WidgetIntegration.objects.none()
            before = sources_by_widget(widgets)
            services.update_blueprint(stored, **changed, widget_defaults=changed_settings(stored, new))
            offer_setup(request, widgets, before)
        else:
            obj.pk = services.create_blueprint(request.user, **cleaned, widget_defaults=changed_settings(obj, settings)).pk
            obj._state.adding = False
        obj.refresh_from_db()

    def render_change_form(
        self, request: HttpRequest, context: Any, add: bool = False, change: bool = False, form_url: str = "", obj: Any = None
    ) -> Any:
        """With its widgets, and what is stored that no widget understands."""
        if obj:
            rows = obj.widgetintegrations.select_related("bot").order_by("-pk")
            context.update(
                widgets=rows[:WIDGETS_SHOWN],
                all_widgets=f"{reverse(WIDGETS)}?blueprint__id__exact={obj.pk}",
                more_widgets=rows.count() > WIDGETS_SHOWN,
                new_widget=f"{reverse('admin:widgets_widgetintegration_add')}?blueprint={obj.pk}",
                unusable=unusable_settings(obj),
                unknown=unknown_settings(obj.widget_defaults),
            )
        return super().render_change_form(request, context, add, change, form_url, obj)
