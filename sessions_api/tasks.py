"""Celery tasks of conversations."""

from celery import shared_task

from sessions_api.channels import forget_old


@shared_task
def forget_channel_messages() -> None:
    """What was published long ago."""
    forget_old()
