"""Wiring of the project. Importing it makes our Celery application the one that shared tasks use."""

from widgetplatform.celery import app as celery_app

__all__ = ["celery_app"]
