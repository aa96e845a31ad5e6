"""Contacts and ratings on the wire."""

from typing import Any

from rest_framework import serializers

from sessions_api.models import Contact, Rating
from widgetplatform.api.fields import Text
from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer

PERSON = ("fingerprint", "email", "phone", "nick")


class ContactSerializer(ResourceSerializer):
    """``fingerprint`` says who it is: the operator's own key of a person, or one that was made for them."""

    email = Text(required=False, allow_null=True, allow_blank=True, help_text="Kept in lower case.")

    class Meta:
        model = Contact
        fields: tuple[str, ...] = (*OWNED_FIELDS, *PERSON, "preferences", "verified_at")
        extra_kwargs = {
            "fingerprint": {"help_text": "Unique among your contacts; made where none is given."},
            "phone": {"help_text": "International, as +4930123456.", "max_length": None},
            "preferences": {"help_text": "Told to the bot in conversations of this contact, but not of one that visitors reach by typing an email, phone or name."},
        }

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Every contact has a fingerprint."""
        return {"fingerprint": str(instance.pk), **super().to_representation(instance)}


class EnsureContactSerializer(ContactSerializer):
    """A contact by its fingerprint."""

    fingerprint = Text()

    class Meta(ContactSerializer.Meta):
        extra_kwargs = {key: value for key, value in ContactSerializer.Meta.extra_kwargs.items() if key != "fingerprint"}


class ClaimSerializer(ContactSerializer):
    """What is said of a visitor in their conversation."""

    class Meta(ContactSerializer.Meta):
        fields: tuple[str, ...] = ("name", "description", "meta", *PERSON)


class RatingSerializer(ResourceSerializer):
    """``value`` is -100 to 100. Of a message, of a whole conversation, or of a bot."""

    class Meta:
        model = Rating
        fields = ("id", "bot", "contact", "conversation", "message", "value", "reason", "created_at", "updated_at")


class VoteSerializer(serializers.Serializer[Any]):
    """An opinion; the best or the worst where no value is given."""

    reason = Text(required=False, allow_null=True, allow_blank=True, max_length=2000)


class UpvoteSerializer(VoteSerializer):
    """A good opinion."""

    value = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=100, default=100)


class DownvoteSerializer(VoteSerializer):
    """A bad opinion."""

    value = serializers.IntegerField(required=False, allow_null=True, min_value=-100, max_value=-1, default=-100)
