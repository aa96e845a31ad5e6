"""Routes of blueprints, bots, datasets and records."""

from bots.api.resources import BlueprintResource, BotResource, DatasetResource, RecordResource
from widgetplatform.api.routing import verbs

urlpatterns = [
    *verbs("blueprint", BlueprintResource),
    *verbs("bot", BotResource),
    *verbs("dataset", DatasetResource, "create list fetch update delete search"),
    *verbs("dataset/<str:dataset_id>/record", RecordResource),
]
