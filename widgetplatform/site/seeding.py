"""Making the demo: an operator, a bot that knows this project's documentation, and the widget of the site's own bubble."""

import hashlib
import json
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from bots import services as bots
from bots.models import Bot, Dataset
from bots.reimport import META_KEY, origin
from widgetplatform.site.demo import ALIAS, USERNAME
from widgetplatform.site.docs import Page, knowledge_pages
from widgets import services as widgets
from widgets.models import WidgetIntegration

PASSWORD_FILE = "demo-password"  # noqa: S105  # nosec B105
HASH_KEY = "documentationHash"
QUESTIONS = Path(__file__).parent / "questions.json"  # other ways to ask for sections, by their address
INTRO = """# Ask about ChatWidget

I answer from its documentation and name the page.

[How do I put the widget on my site?]()

[Who may embed it?]()

[Wie lange gilt eine Sitzung?]()
"""


def seed() -> None:
    """Make what is missing and read the documentation again when it changed; what an operator edited stays."""
    owner = _operator()
    with transaction.atomic():
        dataset = Dataset.objects.for_owner(owner).filter(
            alias="documentation"
        ).first() or bots.create_dataset(
            owner,
            alias="documentation",
            name="Documentation",
            description="README.md and docs/*.md of this project.",
        )
        _load(dataset, knowledge_pages())
        bot = Bot.objects.for_owner(owner).filter(alias="guide").first() or bots.create_bot(
            owner, alias="guide", name="Guide", model="knowledge", dataset=dataset
        )
        if not WidgetIntegration.objects.for_owner(owner).filter(alias=ALIAS).exists():
            widgets.create_widget(
                owner,
                alias=ALIAS,
                name="Demo",
                bot=bot,
                title="Guide",
                intro=INTRO,
                placeholder="Ask about ChatWidget",
                theme="auto",
            )


def _operator() -> User:
    owner = User.objects.filter(username=USERNAME).first()
    if owner is None:
        password = secrets.token_urlsafe(12)
        _keep(Path(settings.DATA_DIR) / PASSWORD_FILE, password)
        owner = User.objects.create_superuser(USERNAME, password=password)
    return owner


def _keep(path: Path, password: str) -> None:
    """Readable by the installation's own user only; what an older database left there is replaced."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")


def _load(dataset: Dataset, pages: list[Page]) -> None:
    """Read what changed; a record that did not change keeps its row and its vectors."""
    contents = [(page, page.read_bytes()) for page in pages]
    digest = hashlib.sha256(
        b"\0".join((QUESTIONS.read_bytes(), *(page.path.encode() + b"\0" + data for page, data in contents)))
    ).hexdigest()
    if dataset.meta.get(HASH_KEY) == digest:
        return
    sources = []
    for page, data in contents:
        name = Path(page.path).name
        sources.append(origin(name, page.url))
        bots.import_records(dataset, name, data, base_url=page.url)
    for record in dataset.records.filter(url__startswith=reverse("docs")).defer("vectors"):
        if {META_KEY: record.meta.get(META_KEY)} not in sources:
            bots.delete_record(record)  # of a page that is gone
    _ask_in_other_words(dataset)
    bots.update_dataset(dataset, meta={**dataset.meta, HASH_KEY: digest})


def _ask_in_other_words(dataset: Dataset) -> None:
    """Give central sections the phrasings that an operator would; those that one has given stay."""
    for url, alternatives in json.loads(QUESTIONS.read_text(encoding="utf-8")).items():
        for record in dataset.records.filter(url=url, alternatives=[]):
            bots.update_record(record, alternatives=alternatives)
