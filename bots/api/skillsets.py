"""``skillset/…`` and ``skillset/<id>/ability/…``."""

from bots import skills
from bots.api.skillset_serializers import AbilitySerializer, SkillsetSerializer
from bots.models import Skillset
from widgetplatform.api.views import ChildResource, Resource


class SkillsetResource(Resource):
    """Abilities that a bot may use."""

    serializer_class = SkillsetSerializer
    lookup = "skillset_id"
    shared_verbs = frozenset(("fetch",))
    create_item = staticmethod(skills.create_skillset)
    update_item = staticmethod(skills.update_skillset)
    delete_item = staticmethod(skills.delete_skillset)


class AbilityResource(ChildResource):
    """The abilities of one skillset; an ability's file, bot and blueprint are the caller's own."""

    serializer_class = AbilitySerializer
    lookup = "ability_id"
    parent = Skillset
    parent_lookup = "skillset_id"
    parent_field = "skillset"
    create_item = staticmethod(skills.create_ability)
    update_item = staticmethod(skills.update_ability)
    delete_item = staticmethod(skills.delete_ability)
