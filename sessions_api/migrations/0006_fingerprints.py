"""Until now only visitors' contacts had fingerprints; from now on every contact has one."""

from django.db import migrations, models
from django.db.models.functions import Cast


def mark(apps, _schema_editor):
    contacts = apps.get_model("sessions_api", "Contact").objects
    contacts.exclude(fingerprint=None).update(claimed=True)
    contacts.filter(fingerprint=None).update(fingerprint=Cast("id", models.CharField()))


class Migration(migrations.Migration):
    dependencies = [("sessions_api", "0005_claimed_contacts")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
