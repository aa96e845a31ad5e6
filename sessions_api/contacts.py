"""Contacts as visitors claim them. The same data finds the same contact; it never opens anything of anybody's."""

import hashlib
import json
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.meta import index_meta
from accounts.names import NAME_BYTES, validate_name
from sessions_api.models import Contact, Conversation

FIELDS = ("name", "email", "phone")
KEYS = ("fingerprint", "email", "phone", "name", "nick")  # what tells people apart, the strongest first
STRONG = KEYS[:3]
EMAIL_CHARACTERS = 254  # of an address in an SMTP command


def read_contact(given: Any) -> dict[str, str]:
    """The checked fields of a contact object: name, email in lower case, phone as E.164. Raises ``ValidationError`` by field."""
    if not isinstance(given, dict):
        raise ValidationError({"contact": "must be an object with name, email and phone"})
    fields: dict[str, str] = {}
    for name in FIELDS:
        value = given.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise ValidationError({f"contact.{name}": "must be a text"})
        try:
            fields[name] = CHECKS[name](value.strip())
        except ValidationError as error:
            raise ValidationError({f"contact.{name}": error.messages}) from None
    return fields


def find_or_create_contact(owner_id: Any, fields: dict[str, Any]) -> Contact | None:
    """The owner's contact that visitors know by this fingerprint, else email, phone, name or nick; empty fields of it are filled.

    A visitor's fingerprint is hashed like the rest, so it never meets one that the operator gave. None without data.
    """
    key = next((name for name in KEYS if fields.get(name)), None)
    if key is None:
        return None
    fingerprint = hashlib.sha256(json.dumps([key, fields[key]]).encode()).hexdigest()
    data = {name: value for name, value in fields.items() if name != "fingerprint"}
    claimed = Contact.objects.filter(owner_id=owner_id, claimed=True, fingerprint=fingerprint)
    contact = claimed.first()
    if contact is None:
        try:
            with transaction.atomic():
                contact = Contact.objects.create(owner_id=owner_id, fingerprint=fingerprint, claimed=True, **data)
                index_meta(contact)
                return contact
        except IntegrityError:  # the same visitor in another tab was faster
            contact = claimed.get()
    fill(contact, data)
    return contact


def fill(contact: Contact, data: dict[str, Any]) -> None:
    """Write what is empty; what is there stays, and so do the keys of its meta."""
    with transaction.atomic():
        missing = {name: value for name, value in data.items() if value and not getattr(contact, name)}
        if data.get("meta"):
            missing["meta"] = {**data["meta"], **contact.meta}
        for name, value in missing.items():
            setattr(contact, name, value)
        if missing:
            contact.save(update_fields=[*missing, "updated_at"])
            index_meta(contact)


def claim_contact(conversation: Conversation, fields: dict[str, Any]) -> Contact:
    """What a visitor says of themselves in a conversation; it is theirs from then on. Raises ``ValidationError`` where nothing tells who.

    A contact that the operator gave to the conversation stays; it only gains what it lacks. So does one that the new data does not
    tell apart from.
    """
    current = conversation.contact
    same = current is not None and not any(fields.get(name) for name in STRONG if not _agrees(current, name, fields))
    if current is not None and (same or not current.claimed):
        fill(current, {name: value for name, value in fields.items() if name != "fingerprint"})
        return current
    contact = find_or_create_contact(conversation.owner_id, fields)
    if contact is None:
        raise ValidationError({"email": "give at least one of name, email, phone, nick and fingerprint"})
    Conversation.objects.filter(pk=conversation.pk).update(contact=contact)
    return contact


def _agrees(contact: Contact, name: str, fields: dict[str, Any]) -> bool:
    return name != "fingerprint" and getattr(contact, name) == fields.get(name)


def _name(value: str) -> str:
    try:
        validate_name(value)
    except ValidationError:
        raise ValidationError(f"must have at most {NAME_BYTES} bytes and no NUL") from None
    return value


def _email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise ValidationError("must be an email address") from None
    if len(value) > EMAIL_CHARACTERS:
        raise ValidationError(f"must have at most {EMAIL_CHARACTERS} characters")
    return value.lower()


def _phone(value: str) -> str:
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError("must be an international number such as +4930123456")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


CHECKS = {"name": _name, "email": _email, "phone": _phone}
