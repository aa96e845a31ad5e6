from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('sessions_api', '0004_rating_rules')]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='claimed',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['bot', 'id'], name='conversation_bot'),
        ),
        migrations.AddIndex(
            model_name='rating',
            index=models.Index(fields=['bot', 'id'], name='rating_bot'),
        ),
        migrations.AddIndex(
            model_name='rating',
            index=models.Index(fields=['conversation', 'id'], name='rating_of'),
        ),
    ]
