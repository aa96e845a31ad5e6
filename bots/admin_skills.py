"""Skillsets in the admin, their abilities on the same page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import Count
from django.http import HttpRequest

from accounts.owned_admin import NAMING, TIMES, OwnedAdmin
from bots import skills
from bots.models import Ability, Skillset

FIELDS = ("name", "description", "instruction", "bot", "file")
ROWS = {"description": 2, "instruction": 8}


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
                for field, messages in error.message_dict.items():
                    form.add_error(field, messages)


class AbilityInline(admin.StackedInline):
    """What it is for, and what happens."""

    model = Ability
    formset = AbilityFormSet
    fields = FIELDS
    autocomplete_fields = ["bot"]
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Room for the instruction."""
        if db_field.name in ROWS:
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": ROWS[db_field.name]})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only what this person may see can be chosen."""
        kwargs["queryset"] = db_field.related_model.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Skillset)
class SkillsetAdmin(OwnedAdmin):
    """Abilities that a bot may use."""

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

    def save_formset(self, _request: HttpRequest, _form: Any, formset: Any, change: bool) -> None:
        """Through the domain functions."""
        formset.save(commit=False)
        for ability in formset.deleted_objects:
            skills.delete_ability(ability)
        for ability, _ in formset.changed_objects:
            skills.update_ability(ability)
        for ability in formset.new_objects:
            skills.create_ability(formset.instance, **{name: getattr(ability, name) for name in FIELDS})

    @admin.display(description="abilities", ordering="total")
    def abilities(self, obj: Any) -> int:
        """How many."""
        return int(obj.total)
