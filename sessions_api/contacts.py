"""Contacts: what visitors say of themselves. The same data finds the same contact; it never opens anything."""

import hashlib
import json
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.names import NAME_BYTES, validate_name
from sessions_api.models import Contact

FIELDS = ("name", "email", "phone")
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
        fields[name] = CHECKS[name](value.strip())
    return fields


def find_or_create_contact(owner_id: Any, fields: dict[str, str]) -> Contact | None:
    """The owner's contact with this email, else phone, else name; empty fields of it are filled. None without data."""
    if not fields:
        return None
    key = next(name for name in ("email", "phone", "name") if fields.get(name))
    fingerprint = hashlib.sha256(json.dumps([key, fields[key]]).encode()).hexdigest()
    contact = Contact.objects.filter(owner_id=owner_id, fingerprint=fingerprint).first()
    if contact is None:
        try:
            with transaction.atomic():
                return Contact.objects.create(owner_id=owner_id, fingerprint=fingerprint, **fields)
        except IntegrityError:  # the same visitor in another tab was faster
            contact = Contact.objects.get(owner_id=owner_id, fingerprint=fingerprint)
    missing = [name for name in fields if not getattr(contact, name)]
    if missing:
        for name in missing:
            setattr(contact, name, fields[name])
        contact.save(update_fields=[*missing, "updated_at"])
    return contact


def _name(value: str) -> str:
    try:
        validate_name(value)
    except ValidationError:
        raise ValidationError({"contact.name": f"must have at most {NAME_BYTES} bytes and no NUL"}) from None
    return value


def _email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise ValidationError({"contact.email": "must be an email address"}) from None
    if len(value) > EMAIL_CHARACTERS:
        raise ValidationError({"contact.email": f"must have at most {EMAIL_CHARACTERS} characters"})
    return value.lower()


def _phone(value: str) -> str:
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError({"contact.phone": "must be an international number such as +4930123456"})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


CHECKS = {"name": _name, "email": _email, "phone": _phone}
