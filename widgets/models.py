"""The widget integration: all fields of the contract. Null means "not set here": the blueprint's value, then the default."""

from collections.abc import Callable

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.ids import new_id
from accounts.names import validate_text
from bots.models import BlueprintedObject, Bot
from files.models import File
from widgets.validation import (
    validate_language,
    validate_layout,
    validate_origin,
    validate_plugins,
    validate_theme,
)

SESSION_MS_MAX = 3_600_000


def _text(help_text: str, *validators: Callable[[str], None]) -> models.TextField:
    return models.TextField(null=True, blank=True, validators=[validate_text, *validators], help_text=help_text)


def _flag(help_text: str) -> models.BooleanField:
    return models.BooleanField(null=True, blank=True, help_text=help_text)


class WidgetIntegration(BlueprintedObject):
    """One embeddable chat."""

    bot = models.ForeignKey(Bot, null=True, blank=True, on_delete=models.SET_NULL, related_name="widgets", help_text="Who answers. Without one the blueprint's bot does; without that no conversation starts.")
    enabled = models.BooleanField(default=True, help_text="Off: no new conversations begin; visitors read a friendly word.")
    theme = _text("A name (default, light, dark, modern, stack, blank, auto, host), name/key=value/…, or JSON with name, config and css. For example default/accent=#c2410c", validate_theme)
    layout = _text("bubble, inline or fullscreen.", validate_layout)
    title = _text("Shown in the header. Empty: the bot's name.")
    intro = _text("Shown before the first message, in Markdown. Lines of the form [question]() become buttons.")
    initial = _text("The bot's first message.")
    placeholder = _text("Shown in the empty input.")
    origin = _text("Where it may be embedded: https://example.com, https://*.example.com, separated by commas or lines. Empty: everywhere.", validate_origin)
    session_duration = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(SESSION_MS_MAX)],
        help_text="How long a conversation's session lasts, in milliseconds, at most 3600000 (one hour). Empty or 0: one hour.",
    )
    language = _text("The languages of its visitors, by name or code: English, es, pt-BR. The first is the one that the texts are written in; setup translates them into the others.", validate_language)
    plugins = _text("Plugins, separated by commas.", validate_plugins)
    stream = _flag("Replies appear while they are written.")
    verbose = _flag("Visitors see what the bot is doing.")
    tools = _flag("The bot may use abilities and functions of the page.")
    unfurl = _flag("Links become cards.")
    math = _flag("Formulas are rendered.")
    carousel = _flag("The bot may show carousels.")
    form = _flag("The bot may show forms.")
    attachments = _flag("Visitors may send files.")
    auto_scroll = _flag("The log follows a growing reply while the reader is near its end.")
    start_first = _flag("The bot speaks first, as soon as the widget is opened.")
    contact_collection = _flag("Name, email and phone given at session/create are kept as a contact.")
    export_conversation = _flag("Visitors may download the conversation.")
    restart_conversation = _flag("Visitors may start again.")
    maximize = _flag("Visitors may enlarge the window.")
    message_peek = _flag("First messages peek out beside the launcher.")
    voice_in = _flag("Visitors may speak.")
    voice_out = _flag("Replies can be read aloud.")
    powered_by = _flag("Shows “Powered by ChatWidget”.")

    class Meta(BlueprintedObject.Meta):
        verbose_name = "widget"


class WidgetFile(models.Model):
    """A picture of a widget; one of each type."""

    class Type(models.TextChoices):
        BAR = "bar"
        USER = "user"
        BOT = "bot"
        BUTTON = "button"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    widget = models.ForeignKey(WidgetIntegration, on_delete=models.CASCADE, related_name="attached_files")
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="widget_links")
    type = models.CharField(max_length=8, choices=Type.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["widget", "type"], name="widgets_file_type")]

    def __str__(self) -> str:
        return f"{self.type} of {self.widget_id}"


class LanguageMap(models.Model):
    """A widget's texts in one language.

    ``texts`` are the machine's by field (title, intro, initial, placeholder), ``hashes`` says of each of which source it was made;
    ``overrides`` are a person's, ``{field: {"text", "hash"}}``, which no setup touches. A row waits (pending) from the moment a setup is
    asked for; ``run`` is that of the setup that may store into it, ``claimed_until`` how long whoever works on it may still be alive.
    ``anew``: the run translates every text, not only those whose source has changed.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    widget = models.ForeignKey(WidgetIntegration, on_delete=models.CASCADE, related_name="language_maps")
    language = models.CharField(max_length=35)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    texts = models.JSONField(default=dict)
    hashes = models.JSONField(default=dict)
    overrides = models.JSONField(default=dict)
    source_hash = models.CharField(max_length=64, blank=True, default="")  # of all texts that the run translates
    run = models.UUIDField(null=True)
    anew = models.BooleanField(default=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    cause = models.CharField(max_length=500, blank=True, default="")
    translator = models.CharField(max_length=32, blank=True, default="")
    translated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["widget", "language"], name="widgets_language")]
        indexes = [models.Index(fields=["state", "claimed_until"], name="widgets_language_waiting", condition=models.Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.language} of {self.widget_id}"
