"""Skillsets in the admin, their abilities on the same page."""

from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.owned_admin import NAMING, TIMES, OwnedAdmin
from bots import skills
from bots.abilities.fetch import changes_something
from bots.admin_tool_servers import ChoiceForm, ServerForm, add_tools
from bots.admin_trials import TrialForm, try_ability, written
from bots.doubts import doubt_of
from bots.models import Ability, Skillset

FIELDS = ("name", "description", "instruction", "parameters", "pick", "writes", "bot", "file", "secret_id")
ROWS = {"description": 2, "instruction": 8, "parameters": 6}
CANNOT_WORK = "“{}” cannot work now. {}"
MAY_WRITE = "“{}” sends more than it asks for. Where it changes something, tick “writes”: the visitor is asked before."


class AbilityFormSet(forms.BaseInlineFormSet):
    """Refuses what the API refuses, at the fields."""

    def clean(self) -> None:
        """The checks of the domain function."""
        super().clean()
        for form in self.forms:
            form.instance.skillset = self.instance
            try:
                skills.clean_ability(form.instance)
            except forms.ValidationError as error:
                for field, said in error.message_dict.items():
                    form.add_error(field if field in form.fields else None, said)


class AbilityInline(admin.StackedInline):
    """What it is for, and what happens."""

    model = Ability
    formset = AbilityFormSet
    fields = (*FIELDS, "try_it")
    readonly_fields = ("try_it",)
    autocomplete_fields = ["bot"]
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Room for the instruction."""
        if db_field.name in ROWS:
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": ROWS[db_field.name]})
        if db_field.name == "secret_id":
            kwargs |= {"label": "Secret", "help_text": "The alias of a secret of yours; a request sends it as {{secret}}."}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="Try it")
    def try_it(self, obj: Ability) -> str:
        """The way to a page that carries it out."""
        if obj._state.adding:
            return "Save it first."
        return format_html('<a href="{}">Carry it out with arguments of yours</a>', reverse("admin:bots_ability_try", args=[obj.pk]))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only what this person may see can be chosen."""
        kwargs["queryset"] = db_field.related_model.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Skillset)
class SkillsetAdmin(OwnedAdmin):
    """Abilities that a bot may use."""

    change_form_template = "admin/bots/skillset/change.html"
    domain = (skills.create_skillset, skills.update_skillset, skills.delete_skillset)
    inlines = [AbilityInline]
    list_display = ["__str__", "abilities", "visibility", "updated_at"]
    autocomplete_fields = ["blueprint"]
    fieldsets = [
        (None, {"fields": ["name", "visibility"]}),
        ("For the API and for yourself", {"fields": ["blueprint", *NAMING, *TIMES], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Skillset]:
        """With the count that the list shows."""
        return super().get_queryset(request).annotate(total=Count("abilities"))

    def get_urls(self) -> list[URLPattern]:
        """Trying an ability, below its id."""
        admin_view = self.admin_site.admin_view
        return [
            path("ability/<uuid:pk>/try/", admin_view(self.try_view), name="bots_ability_try"),
            path("<uuid:pk>/tools/", admin_view(self.tools_view), name="bots_skillset_tools"),
            *super().get_urls(),
        ]

    def tools_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """GET: where a tool server is. POST: what it offers, and with ``_add`` the abilities for what was chosen."""
        skillset = self.get_object(request, str(pk))
        if skillset is None or not self.has_change_permission(request, skillset):
            raise Http404("There is no such skillset")
        form, choice = ServerForm(request.POST or None), None
        if request.method == "POST" and form.is_valid() and (tools := form.offered(skillset.owner_id)):
            choice = ChoiceForm(tools, skillset, request.POST if "_add" in request.POST else None)
            if choice.is_bound and choice.is_valid():
                try:
                    made = add_tools(skillset, form, tools, choice.cleaned_data["tools"])
                except forms.ValidationError as error:
                    choice.add_error("tools", [said for messages in error.message_dict.values() for said in messages])
                else:
                    names = ", ".join(ability.name for ability in made)
                    self.message_user(request, f"Added: {names}." if made else "Nothing was chosen.", messages.SUCCESS)
                    return HttpResponseRedirect(reverse("admin:bots_skillset_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request), "title": "Tools of a server", "original": skillset, "form": form, "choice": choice,
        }  # fmt: skip
        return TemplateResponse(request, "admin/bots/skillset/tools.html", context)

    def try_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """GET: a form of its parameters. POST: what came of it."""
        mine = self.get_queryset(request)
        ability = Ability.objects.filter(pk=pk, skillset__in=mine).select_related("skillset").first()
        if ability is None or not self.has_change_permission(request, ability.skillset):
            raise Http404("There is no such ability")
        form = TrialForm(skills.spec_of(ability), request.POST or None)
        outcome = None
        if request.method == "POST" and form.is_valid():
            outcome = async_to_sync(try_ability)(ability, form.arguments())
        context = {
            **self.admin_site.each_context(request), "title": f"Try {ability}", "original": ability, "skillset": ability.skillset,
            "form": form, "outcome": outcome, "result": written(outcome.result) if outcome else "",
        }  # fmt: skip
        return TemplateResponse(request, "admin/bots/ability/try.html", context)

    def save_formset(self, request: HttpRequest, _form: Any, formset: Any, change: bool) -> None:
        """Through the domain functions."""
        formset.save(commit=False)
        for ability in formset.deleted_objects:
            skills.delete_ability(ability)
        for ability, _ in formset.changed_objects:
            skills.update_ability(ability)
        for ability in formset.new_objects:
            skills.create_ability(formset.instance, **{name: getattr(ability, name) for name in FIELDS})
        for ability in (*(changed for changed, _ in formset.changed_objects), *formset.new_objects):
            if not ability.writes and changes_something(skills.spec_of(ability)):
                self.message_user(request, MAY_WRITE.format(ability), messages.WARNING)
            if doubt := doubt_of(ability):
                self.message_user(request, CANNOT_WORK.format(ability, doubt), messages.WARNING)

    @admin.display(description="abilities", ordering="total")
    def abilities(self, obj: Any) -> int:
        """How many."""
        return int(obj.total)
