"""The contacts of an operator: made, changed and deleted by them; and what a bot is told of one."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.meta import forget_meta, index_meta
from sessions_api.contacts import CHECKS
from sessions_api.models import Contact
from widgetplatform.api.fields import merge_meta
from widgetplatform.api.lookup import find, owned

FINGERPRINT_BYTES = 32
TAKEN = "is already the fingerprint of another of your contacts"


def create_contact(owner: Any, **fields: Any) -> Contact:
    """A new contact; one without a fingerprint gets a random one, which nobody reaches by typing. Raises ``ValidationError``."""
    if "meta" in fields:
        fields["meta"] = merge_meta({}, fields["meta"])
    return _store(Contact(owner=owner), fields)


def update_contact(contact: Contact, **fields: Any) -> Contact:
    """Change what is given. A new fingerprint makes it the operator's own, whoever claimed it before. Raises ``ValidationError``."""
    return _store(contact, fields)


def merge_contact(contact: Contact, **fields: Any) -> Contact:
    """``update_contact``, with meta merged one level deep into what is there; null removes a key."""
    with transaction.atomic():
        current = Contact.objects.select_for_update().get(pk=contact.pk)  # the merge must see the meta that it replaces
        if "meta" in fields:
            fields["meta"] = merge_meta(current.meta, fields["meta"])
        return update_contact(current, **fields)


def ensure_contact(owner: Any, fingerprint: str, **fields: Any) -> Contact:
    """The owner's contact with this fingerprint, made where there is none; the fields given are written in both cases."""
    mine = Contact.objects.for_owner(owner).filter(fingerprint=fingerprint)
    known = mine.first()
    if known is None:
        try:
            with transaction.atomic():
                return create_contact(owner, fingerprint=fingerprint, **fields)
        except IntegrityError:  # another request was faster
            known = mine.get()
    return merge_contact(known, **fields)


def delete_contact(contact: Contact) -> None:
    """Conversations and ratings of it stay."""
    with transaction.atomic():
        forget_meta(contact)
        contact.delete()


def contact_id_of(owner: Any, name: str) -> str | None:
    """The id of the owner's contact with this id or alias, None where there is none."""
    contact = find(owned(Contact, owner), name)
    return str(contact.pk) if contact else None


def contact_note(contact: Contact | None) -> str:
    """What a bot is told of the person it talks with, "" where that is nothing.

    Never anything of a contact that visitors reach by typing: whoever types somebody's address must learn nothing of them.
    """
    if contact is None or contact.claimed or not contact.preferences:
        return ""
    return f"What is known of the wishes of the person you talk with:\n{contact.preferences}"


@transaction.atomic
def _store(contact: Contact, fields: dict[str, Any]) -> Contact:
    fields = fields | _reachable(fields)
    if "fingerprint" in fields or not contact.fingerprint:
        before = contact.fingerprint
        fields["fingerprint"] = fields.get("fingerprint") or secrets.token_hex(FINGERPRINT_BYTES)
        contact.claimed = contact.claimed and fields["fingerprint"] == before
    for name, value in fields.items():
        setattr(contact, name, value)
    if _taken(contact):
        raise ValidationError({"fingerprint": ValidationError(TAKEN, code="unique")})
    contact.full_clean()
    contact.save()
    index_meta(contact)
    return contact


def _reachable(fields: dict[str, Any]) -> dict[str, str | None]:
    """Email and phone as visitors' are written; an empty one is none."""
    checked: dict[str, str | None] = {}
    for name in ("email", "phone"):
        if name not in fields:
            continue
        try:
            checked[name] = CHECKS[name](fields[name].strip()) if fields[name] else None
        except ValidationError as error:
            raise ValidationError({name: error.messages}) from None
    return checked


def _taken(contact: Contact) -> bool:
    others = Contact.objects.for_owner(contact.owner).exclude(pk=contact.pk)
    return others.filter(fingerprint=contact.fingerprint).exists()
