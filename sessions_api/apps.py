from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions_api"
    verbose_name = "Conversations"
