"""Routes of blueprints, bots, datasets and records, skillsets and abilities."""

from django.urls import path

from bots.api.execute import execute
from bots.api.file_resources import DatasetFileResource
from bots.api.resources import (
    BlueprintResource,
    BotResource,
    DatasetResource,
    RecordResource,
)
from bots.api.skillsets import AbilityResource, SkillsetResource
from bots.api.sources import SourceResource
from widgetplatform.api.routing import verbs

urlpatterns = [
    *verbs("blueprint", BlueprintResource, "create list fetch update delete clone"),
    *verbs("bot", BotResource, "create list fetch update delete clone"),
    *verbs("dataset", DatasetResource, "create list fetch update delete search"),
    *verbs("dataset/<str:dataset_id>/record", RecordResource, "create list fetch update delete export"),
    *verbs("dataset/<str:dataset_id>/file", DatasetFileResource, "list attach detach sync"),
    *verbs("dataset/<str:dataset_id>/source", SourceResource, "create list fetch delete sync"),
    *verbs("skillset", SkillsetResource),
    *verbs("skillset/<str:skillset_id>/ability", AbilityResource, "create list export fetch update delete"),
    path(
        "skillset/<str:skillset_id>/ability/<str:ability_id>/execute",
        execute,
        name="skillset-ability-execute",
    ),
]
