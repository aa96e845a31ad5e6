"""The abstract base of everything an operator owns, and the manager that only reaches what a person may see."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db import models

from accounts.ids import new_id
from accounts.names import NAME_BYTES, validate_alias, validate_meta, validate_name

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class MetaWanted:
    """Whose objects, and the values that their meta must have, by dotted path."""

    owner_id: Any
    values: dict[str, str]


class OwnedQuerySet(models.QuerySet[M]):
    """Loading is authorizing: start every look-up for a person with ``for_owner``."""

    meta_wanted: MetaWanted | None = None

    def for_owner(self, user: Any) -> "OwnedQuerySet[M]":
        """Objects of this operator only; a superuser's API token sees its own objects too, not all."""
        return self.filter(owner=user)

    def visible_to(self, user: Any) -> "OwnedQuerySet[M]":
        """What the admin shows: own objects, all of them for a superuser."""
        return self.all() if user.is_superuser else self.filter(owner=user)

    def with_meta(self, user: Any, values: dict[str, str]) -> "OwnedQuerySet[M]":
        """Only pages know how to look for meta cheaply: this remembers what is wanted, ``lists.Page`` finds it."""
        narrowed = self._clone()
        narrowed.meta_wanted = MetaWanted(user.pk, values) if values else None
        return narrowed

    def _clone(self) -> "OwnedQuerySet[M]":
        clone: OwnedQuerySet[M] = super()._clone()  # type: ignore[misc]  # Django's own hook, unknown to the stubs
        clone.meta_wanted = self.meta_wanted
        return clone


class Visibility(models.TextChoices):
    """Who may read an object by its id besides its owner; nobody else may ever change it."""

    PRIVATE = "private"
    PROTECTED = "protected"
    PUBLIC = "public"


class OwnedObject(models.Model):
    """Owner, alias, name, description, meta, id and times; contract/README "Names" gives the rules."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    alias = models.CharField(
        max_length=128, null=True, blank=True, validators=[validate_alias],
        help_text="A short name of your own for the API: lower-case letters, digits, - and _. Unique among your objects of this kind.",
    )
    name = models.CharField(max_length=NAME_BYTES, blank=True, default="", validators=[validate_name], help_text="Only you see it.")
    description = models.TextField(blank=True, default="", help_text="A note for yourself.")
    meta = models.JSONField(
        blank=True, default=dict, validators=[validate_meta], help_text="Your own data, as a JSON object; lists in the API can be filtered by it."
    )
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["owner", "alias"], name="%(app_label)s_%(class)s_alias")]
        indexes = [models.Index(fields=["owner", "id"], name="%(app_label)s_%(class)s_own")]

    def __str__(self) -> str:
        return self.name or self.alias or str(self.id)

    def clean(self) -> None:
        """An empty alias is none, so that many objects may go without one."""
        self.alias = self.alias or None
