"""Widgets on the wire."""

from typing import Any

from widgetplatform.api.fields import Reference
from widgetplatform.api.serializers import OWNED_FIELDS, ResourceSerializer
from widgets.effective import effective_values
from widgets.fields import API_NAMES, DEFAULTS
from widgets.models import WidgetIntegration


class WidgetSerializer(ResourceSerializer):
    """All fields of the contract; with ``effective`` in the context every value that counts, inherited and default ones too."""

    class Meta:
        model = WidgetIntegration
        fields = (*OWNED_FIELDS, "blueprint", "bot", "enabled", *DEFAULTS)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """What is set, or what counts."""
        answer = super().to_representation(instance)
        if not self.context.get("effective"):
            return answer
        values = effective_values(instance)
        bot_id = values.pop("bot_id")
        counting = {API_NAMES[name]: value for name, value in values.items()}
        return {**answer, **counting, **({"botId": str(bot_id)} if bot_id else {})}
