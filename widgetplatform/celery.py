"""The Celery application; ``CELERY_…`` of the settings configure it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "widgetplatform.settings")

app = Celery("widgetplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # shared tasks find it from every thread, not only from the one that imported it
