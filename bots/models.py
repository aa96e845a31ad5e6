"""Blueprints, bots, datasets and their records."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models

from accounts.ids import new_id
from accounts.names import NAME_BYTES, validate_meta, validate_name, validate_text
from accounts.objects import OwnedObject, Visibility
from bots.retrieval.tokens import BYTES_PER_TOKEN
from bots.validators import validate_model, validate_separators
from files.models import File

TITLE_CHARACTERS = 300
RECORD_BYTES = 65_536
RECORD_TOKENS_MAX = RECORD_BYTES // BYTES_PER_TOKEN
SEARCH_RECORDS_MAX = 100
SEARCH_TOKENS_MAX = 1_000_000


def _visibility() -> models.CharField:
    return models.CharField(
        max_length=9, choices=Visibility.choices, null=True, blank=True,
        help_text="Protected and public objects can be read and cloned by every operator of this installation who knows the id.",
    )


class Blueprint(OwnedObject):
    """A group of objects; widgets that point to it inherit what they do not set themselves."""

    visibility = _visibility()
    widget_defaults = models.JSONField(
        blank=True, default=dict, help_text="Widget settings, as a JSON object with the field names of the API, that this blueprint's widgets inherit."
    )


class Provider(OwnedObject):
    """A service with language models. Its alias is what stands before the colon in a bot's model."""

    class Kind(models.TextChoices):
        OPENAI = "openai", "OpenAI-compatible"
        ANTHROPIC = "anthropic", "Anthropic"
        GOOGLE = "google", "Google"

    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.OPENAI)
    base_url = models.CharField(max_length=500, blank=True, default="", help_text="Address of the API, for example https://api.openai.com/v1 or http://localhost:11434/v1. Empty: the service's own.")
    key = models.TextField(blank=True, default="", editable=False)  # sealed: accounts/seal.py
    moderation_model = models.CharField(max_length=128, blank=True, default="", help_text="Checks texts where a bot has moderation on, for example omni-moderation-latest. Empty: only the bot's own words are looked for.")
    shared = models.BooleanField(default=False, help_text="Every operator of this installation may use it; nobody else sees the key.")
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    test_error = models.CharField(max_length=300, blank=True, default="", editable=False)


class Secret(OwnedObject):
    """Something that abilities send and nobody reads: a key of another service. Its alias is how instructions name it."""

    value = models.TextField(blank=True, default="", editable=False)  # sealed: accounts/seal.py
    hosts = models.TextField(blank=True, default="", help_text="Where it may be sent, so that no instruction takes it elsewhere: hosts separated by commas or lines, *.example.com for everything below it.")


class BlueprintedObject(OwnedObject):
    """An owned object that may belong to a blueprint."""

    blueprint = models.ForeignKey(Blueprint, null=True, blank=True, on_delete=models.SET_NULL, related_name="%(class)ss")

    class Meta(OwnedObject.Meta):
        abstract = True
        indexes = [
            *OwnedObject.Meta.indexes,
            models.Index(fields=["blueprint", "id"], name="%(app_label)s_%(class)s_bp"),
        ]


class Dataset(BlueprintedObject):
    """Knowledge: records that a bot may answer from. Null in a search setting: the built-in value."""

    visibility = _visibility()
    reranker = models.CharField(
        max_length=128, null=True, blank=True, validators=[validate_text],
        help_text="How hits are put in order: “none” by meaning alone, “lexical” by shared words; anything else and empty is the built-in order, which also looks for codes and names.",
    )
    record_max_tokens = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(RECORD_TOKENS_MAX)],
        help_text="How long a record may become that is made from a file. A token is four bytes of text.",
    )
    search_min_score = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Hits with a lower score are left out. 0 to 1; most hits that are about something else have less than 0.45.",
    )
    search_max_records = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(SEARCH_RECORDS_MAX)],
        help_text="At most so many hits for a bot, and so many in the API where a search does not say.",
    )
    search_max_tokens = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(SEARCH_TOKENS_MAX)],
        help_text="At most so many tokens in all hits together. A token is four bytes of text.",
    )
    match_instruction = models.TextField(null=True, blank=True, validators=[validate_text], help_text="Told to a language model where something was found.")
    mismatch_instruction = models.TextField(null=True, blank=True, validators=[validate_text], help_text="Told to a language model where nothing was found.")
    separators = models.TextField(
        null=True, blank=True, validators=[validate_text, validate_separators],
        help_text="Where the text of files is cut into records: texts separated by commas or lines, \\n for a line break. Empty: at headings and paragraphs.",
    )


class DatasetFile(models.Model):
    """A file whose text is records of a dataset; synchronizing makes them again."""

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="attached_files")
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="dataset_links")
    type = models.CharField(max_length=16, default="source")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    error = models.CharField(max_length=300, blank=True, default="")
    synced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "file"], name="bots_dataset_file")]

    def __str__(self) -> str:
        return str(self.file)


class DatasetSource(models.Model):
    """An address whose pages are records of a dataset: one page, or all that a sitemap names. Synchronizing fetches them again."""

    class Kind(models.TextChoices):
        PAGE = "page"
        SITEMAP = "sitemap"

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PAGE)
    url = models.CharField(max_length=2000, help_text="Address of a page or of a sitemap.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING, editable=False)
    error = models.CharField(max_length=300, blank=True, default="", editable=False)
    run = models.IntegerField(default=0, editable=False)  # fences the tasks of an earlier synchronization out
    synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = "address"
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.url


class SourcePage(models.Model):
    """A page of a source: what became of it the last time. `digest` is of what its records were made from."""

    class State(models.TextChoices):
        PENDING = "pending"
        READY = "ready"
        SKIPPED = "skipped"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(DatasetSource, on_delete=models.CASCADE, related_name="pages")
    url = models.CharField(max_length=2000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    error = models.CharField(max_length=300, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    etag = models.CharField(max_length=300, blank=True, default="")
    run = models.IntegerField(default=0)
    fetched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["source", "run", "state"], name="bots_page_to_fetch")]

    def __str__(self) -> str:
        return self.url


class Skillset(BlueprintedObject):
    """Abilities that a bot may use."""

    visibility = _visibility()


class DatasetRecord(models.Model):
    """One passage. ``vectors`` is what the embedder made of it, None until the embedding task has been there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="records")
    title = models.CharField(max_length=TITLE_CHARACTERS, blank=True, default="", validators=[validate_text], help_text="A heading, or the question that the text answers.")
    text = models.TextField(validators=[validate_text], help_text="The answer, in Markdown. The bot quotes it as it stands.")
    url = models.CharField(max_length=2000, blank=True, default="", help_text="Where a visitor can read it in full; shown as the source.")
    alternatives = models.JSONField(blank=True, default=list, help_text="Other ways to ask for it, a JSON list of texts.")
    meta = models.JSONField(blank=True, default=dict)
    file = models.ForeignKey(File, null=True, blank=True, on_delete=models.SET_NULL, related_name="records", editable=False)  # whose text it is
    page = models.ForeignKey(SourcePage, null=True, blank=True, on_delete=models.CASCADE, related_name="records", editable=False)  # the same
    vectors = models.BinaryField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = "record"
        indexes = [models.Index(fields=["dataset", "id"], name="bots_record_of")]

    def __str__(self) -> str:
        return self.title or self.text[:60]

    def clean(self) -> None:
        """Text within its bound, alternatives a list of texts, url a web address or empty."""
        errors = {}
        if len(self.text.encode("utf-8", "surrogatepass")) > RECORD_BYTES:
            errors["text"] = f"must have at most {RECORD_BYTES} bytes"
        if not isinstance(self.alternatives, list) or not all(isinstance(item, str) for item in self.alternatives):
            errors["alternatives"] = "must be a list of texts"
        if self.url and not self.url.startswith("/"):
            try:
                URLValidator(schemes=["http", "https"])(self.url)
            except ValidationError:
                errors["url"] = "must be an http or https address, or begin with /"
        if errors:
            raise ValidationError(errors)


class Bot(BlueprintedObject):
    """Who answers: an engine, its instructions and its knowledge."""

    model = models.CharField(
        max_length=400, blank=True, default="knowledge", validators=[validate_model],
        help_text="Which engine answers. “knowledge” needs no key and no server: it answers from the dataset, word for word, and says when it does not know.",
    )
    backstory = models.TextField(blank=True, default="", validators=[validate_text], help_text="Who the bot is and how it should answer; given to a language model as its instructions.")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.SET_NULL, related_name="bots", help_text="The knowledge it may use.")
    skillset = models.ForeignKey(Skillset, null=True, blank=True, on_delete=models.SET_NULL, related_name="bots", help_text="The abilities it may use.")
    privacy = models.BooleanField(null=True, blank=True, help_text="Addresses, telephone and card numbers of visitors are hidden from the model.")
    moderation = models.BooleanField(null=True, blank=True, help_text="Texts of visitors and replies are checked: by the provider where it has a moderation model, and for the words below.")
    moderation_words = models.TextField(null=True, blank=True, validators=[validate_text], help_text="Words and phrases that must not occur, a line each; looked for where moderation is on.")
    visibility = _visibility()


class Ability(models.Model):
    """One thing that a bot can do. ``instruction`` says what happens; docs/skills.md describes its forms."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    skillset = models.ForeignKey(Skillset, on_delete=models.CASCADE, related_name="abilities")
    name = models.CharField(max_length=NAME_BYTES, blank=True, default="", validators=[validate_name])
    description = models.TextField(blank=True, default="", validators=[validate_text], help_text="What it is for; a model decides by it.")
    instruction = models.TextField(blank=True, default="", validators=[validate_text], help_text="What happens: a text, or a fenced request or search.")
    parameters = models.JSONField(null=True, blank=True, help_text="A JSON schema of the arguments. Empty: a text for each {{argument}} of the instruction.")
    pick = models.CharField(max_length=300, blank=True, default="", help_text="A JSONPath ($.items[0].price): only this of a request's answer is told to the model.")
    writes = models.BooleanField(default=False, help_text="It changes something: the visitor is asked before, and it is never done twice.")
    meta = models.JSONField(blank=True, default=dict, validators=[validate_meta])
    blueprint = models.ForeignKey(Blueprint, null=True, blank=True, on_delete=models.SET_NULL, related_name="abilities")
    file = models.ForeignKey(File, null=True, blank=True, on_delete=models.SET_NULL, related_name="abilities", help_text="Its text is what the ability answers with.")
    bot = models.ForeignKey(Bot, null=True, blank=True, on_delete=models.SET_NULL, related_name="abilities", help_text="This bot is asked.")
    secret_id = models.CharField(max_length=128, null=True, blank=True, validators=[validate_text])
    space_id = models.CharField(max_length=128, null=True, blank=True, validators=[validate_text])
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "abilities"
        indexes = [models.Index(fields=["skillset", "id"], name="bots_ability_of")]

    def __str__(self) -> str:
        return self.name or str(self.id)
