"""Ratings learn whose they are, and count from -100 to 100 as the API does."""

from django.db import migrations


def fill(apps, _schema_editor):
    ratings = apps.get_model("sessions_api", "Rating").objects.filter(owner=None).select_related("message__conversation")
    for rating in ratings.iterator():
        conversation = rating.message.conversation
        rating.owner_id, rating.conversation_id = conversation.owner_id, conversation.pk
        rating.bot_id, rating.contact_id, rating.value = conversation.bot_id, conversation.contact_id, rating.value * 100
        rating.save(update_fields=["owner", "conversation", "bot", "contact", "value"])


class Migration(migrations.Migration):
    dependencies = [("sessions_api", "0002_whole_api")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
