"""Widgets on the wire."""

from typing import Any

from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer
from widgets.effective import effective_values
from widgets.fields import API_NAMES, DEFAULTS
from widgets.models import WidgetIntegration


class WidgetSerializer(ResourceSerializer):
    """All fields of the contract."""

    class Meta:
        model = WidgetIntegration
        fields = (*OWNED_FIELDS, "blueprint", "bot", "enabled", *DEFAULTS)


class EffectiveWidgetSerializer(WidgetSerializer):
    """For reading: every value that counts, inherited and default ones too."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The widget's own answer, filled up."""
        values = effective_values(instance)
        bot_id = values.pop("bot_id")
        counting = {API_NAMES[name]: value for name, value in values.items()}
        return {
            **super().to_representation(instance),
            **counting,
            **({"botId": str(bot_id)} if bot_id else {}),
        }
