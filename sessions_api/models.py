"""Contacts, conversations, their log of messages, and sessions (PROTOCOL sections 1 to 3)."""

import secrets

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.ids import new_id
from accounts.names import NAME_BYTES, validate_name, validate_text
from accounts.objects import OwnedObject
from bots.models import Bot, Dataset, Skillset
from bots.validators import validate_model
from files.models import StoredContent
from widgets.models import WidgetIntegration


def new_epoch() -> str:
    """A random id of a conversation's log; it changes only when numbers could have been lost."""
    return secrets.token_hex(8)


class Contact(OwnedObject):
    """A person, known by what they typed themselves; it never opens anything."""

    email = models.EmailField(max_length=254, null=True, blank=True)
    phone = models.CharField(max_length=20, null=True, blank=True, help_text="International form: +4930123456.")
    nick = models.CharField(max_length=NAME_BYTES, null=True, blank=True, validators=[validate_name])
    preferences = models.TextField(null=True, blank=True, validators=[validate_text], help_text="What the operator knows of this person's wishes; told to the bot.")
    verified_at = models.DateTimeField(null=True, blank=True)
    fingerprint = models.CharField(max_length=NAME_BYTES, null=True, blank=True, validators=[validate_name])  # who it is: the operator's own key, or a SHA-256 of what identifies
    claimed = models.BooleanField(default=False, editable=False)  # made of what a visitor typed: anybody may claim to be this person

    class Meta(OwnedObject.Meta):
        constraints = [*OwnedObject.Meta.constraints, models.UniqueConstraint(fields=["owner", "fingerprint"], name="contact_fingerprint")]


class Conversation(OwnedObject):
    """One log of messages. ``last_seq`` numbers every change that a client can see."""

    widget = models.ForeignKey(WidgetIntegration, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    bot = models.ForeignKey(Bot, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    # Where there is no bot: one that is described here and answers in this conversation only.
    model = models.CharField(max_length=400, null=True, blank=True, validators=[validate_model])
    backstory = models.TextField(null=True, blank=True, validators=[validate_text])
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    skillset = models.ForeignKey(Skillset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    privacy = models.BooleanField(null=True, blank=True)
    moderation = models.BooleanField(null=True, blank=True)
    task_id = models.CharField(max_length=128, null=True, blank=True, validators=[validate_text])  # the operator's own keys
    space_id = models.CharField(max_length=128, null=True, blank=True, validators=[validate_text])
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    language = models.CharField(max_length=35, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    page = models.JSONField(null=True, blank=True)  # what the site said of its page: data, never instructions
    functions = models.JSONField(null=True, blank=True)  # what the page can do for the bot: [{name, description, parameters}]
    last_seq = models.BigIntegerField(default=0)
    epoch = models.CharField(max_length=32, default=new_epoch)

    class Meta(OwnedObject.Meta):
        indexes = [*OwnedObject.Meta.indexes, models.Index(fields=["widget", "id"], name="conversation_widget"), models.Index(fields=["contact", "id"], name="conversation_contact"), models.Index(fields=["bot", "id"], name="conversation_bot")]


class Message(models.Model):
    """A row of the log. ``position`` (the seq at insert) orders the display; ``seq`` moves with each visible change."""

    class Type(models.TextChoices):
        USER = "user"
        BOT = "bot"
        REASONING = "reasoning"
        CONTEXT = "context"
        INSTRUCTION = "instruction"
        BACKSTORY = "backstory"
        ACTIVITY = "activity"
        CHECKPOINT = "checkpoint"

    class Status(models.TextChoices):
        DONE = "done"
        OPEN = "open"
        QUEUED = "queued"
        STOPPED = "stopped"
        FAILED = "failed"

    VISIBLE_TYPES = (Type.USER, Type.BOT)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    type = models.CharField(max_length=16, choices=Type.choices)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DONE)
    position = models.BigIntegerField()
    seq = models.BigIntegerField()
    cid = models.UUIDField(null=True, blank=True)
    body = models.CharField(max_length=64, blank=True, default="")  # SHA-256 of what the cid stands for
    question = models.OneToOneField("self", null=True, blank=True, on_delete=models.CASCADE, related_name="reply")
    text = models.TextField(blank=True, default="")
    name = models.CharField(max_length=NAME_BYTES, blank=True, default="", validators=[validate_name])
    description = models.TextField(blank=True, default="", validators=[validate_text])
    entities = models.JSONField(blank=True, default=list)  # [{type, begin, end, text, replacement?}]: what a model does not get to read
    options = models.JSONField(null=True, blank=True)  # of a reply: what the caller gave for it (extensions, functions, limits, time zone)
    blocks = models.JSONField(blank=True, default=list)  # rendered html, a block an entry
    sources = models.JSONField(blank=True, default=list)
    code = models.CharField(max_length=32, blank=True, default="")  # why a reply failed
    cause = models.TextField(blank=True, default="")  # the same for the operator
    attempt = models.IntegerField(default=1)  # fences a former owner out
    tries = models.SmallIntegerField(default=1)  # attempts since a visitor last asked for the reply
    lease_until = models.DateTimeField(null=True, blank=True)
    stop_requested = models.BooleanField(default=False)
    vote = models.SmallIntegerField(null=True, blank=True)  # of its rating: 1 or -1
    hidden = models.BooleanField(default=False)
    deleted = models.BooleanField(default=False)
    meta = models.JSONField(blank=True, default=dict)
    usage = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "cid"], name="message_cid"),
            models.UniqueConstraint(fields=["conversation"], condition=Q(status="open"), name="message_one_open"),
            models.UniqueConstraint(fields=["conversation", "position"], name="message_position"),
        ]
        indexes = [
            models.Index(fields=["conversation", "seq"], name="message_seq"),
            models.Index(fields=["status", "lease_until"], condition=Q(status__in=["open", "queued"]), name="message_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.position}"


class Call(models.Model):
    """A function or ability that a reply calls: written down before it runs, so that nothing is done twice."""

    class Kind(models.TextChoices):
        ABILITY = "ability"
        FUNCTION = "function"

    class State(models.TextChoices):
        ASKED = "asked"  # the visitor is to say yes or no
        OPEN = "open"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reply = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="calls")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="calls")
    n = models.SmallIntegerField()
    attempt = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=NAME_BYTES)
    arguments = models.JSONField(default=dict)
    writes = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    deadline = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["reply", "attempt", "n"], name="call_number")]
        indexes = [models.Index(fields=["conversation", "state"], condition=Q(state__in=["asked", "open"]), name="call_waiting")]

    def __str__(self) -> str:
        return self.name


class Usage(models.Model):
    """What a reply cost; stays when its conversation goes, so that deleting never makes budgets larger."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    widget = models.ForeignKey(WidgetIntegration, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    bot = models.ForeignKey(Bot, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    conversation_id = models.UUIDField()
    reply_id = models.UUIDField()
    model = models.CharField(max_length=400, blank=True, default="")
    input_tokens = models.IntegerField(default=0)
    output_tokens = models.IntegerField(default=0)
    first_ms = models.IntegerField(null=True, blank=True)
    total_ms = models.IntegerField(default=0)
    status = models.CharField(max_length=8)
    code = models.CharField(max_length=32, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "usage"
        indexes = [
            models.Index(fields=["owner", "id"], name="usage_own"),
            models.Index(fields=["conversation_id", "id"], name="usage_conversation"),
        ]

    def __str__(self) -> str:
        return self.model


class UsageDay(models.Model):
    """The sums of a day (UTC) for a widget; without one, for what an owner's bots did elsewhere. Budgets are measured by these."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    widget_key = models.UUIDField()  # the widget's id, or all zeros; no reference, sums stay when a widget goes
    day = models.DateField()
    replies = models.IntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        verbose_name = "day of usage"
        verbose_name_plural = "days of usage"
        constraints = [models.UniqueConstraint(fields=["owner", "day", "widget_key"], name="usage_of_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class Budget(models.Model):
    """An operator's own bounds, in tokens; null is the installation's, which is also the most."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="budget")
    reply_tokens = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(1)], help_text="That a model may write for one reply.")
    session_tokens = models.IntegerField(null=True, blank=True, validators=[MinValueValidator(1)], help_text="For one conversation, read and written.")
    widget_day_tokens = models.BigIntegerField(null=True, blank=True, validators=[MinValueValidator(1)], help_text="For each widget and day (UTC), read and written.")
    month_tokens = models.BigIntegerField(null=True, blank=True, validators=[MinValueValidator(1)], help_text="For all your bots and month (UTC), read and written.")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Budget of {self.owner}"


class Session(models.Model):
    """What a token stands for; read at connect and at each send, so a revocation counts at once."""

    jti = models.UUIDField(primary_key=True, default=new_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="sessions")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.jti)


class Rating(models.Model):
    """An opinion of a message, of a whole conversation (no message) or of a bot (neither); a visitor's repeat replaces."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="rating")
    conversation = models.ForeignKey(Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="ratings")
    bot = models.ForeignKey(Bot, null=True, blank=True, on_delete=models.SET_NULL, related_name="ratings")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="ratings")
    value = models.SmallIntegerField()  # -100 to 100, never 0
    reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=Q(message=None), name="rating_of_conversation"),
            models.CheckConstraint(condition=Q(value__gte=-100, value__lte=100) & ~Q(value=0), name="rating_value"),
        ]
        indexes = [
            models.Index(fields=["owner", "id"], name="rating_own"),
            models.Index(fields=["contact", "id"], name="rating_contact"),
            models.Index(fields=["bot", "id"], name="rating_bot"),
            models.Index(fields=["conversation", "id"], name="rating_of"),
        ]

    def __str__(self) -> str:
        return f"{self.value:+d}"


class Attachment(StoredContent):
    """A file of a conversation; it goes when the conversation goes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="attachments")
    name = models.CharField(max_length=NAME_BYTES, blank=True, default="", validators=[validate_name])
    description = models.TextField(blank=True, default="", validators=[validate_text])
    meta = models.JSONField(blank=True, default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["conversation", "id"], name="attachment_of")]

    def __str__(self) -> str:
        return self.name or str(self.id)


class ChannelMessage(models.Model):
    """Something published to a channel of an operator; kept for a while, so that late subscribers can catch up."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=191)
    data = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["owner", "channel", "id"], name="channel_log"),
            models.Index(fields=["created_at"], name="channel_age"),
        ]

    def __str__(self) -> str:
        return self.channel
