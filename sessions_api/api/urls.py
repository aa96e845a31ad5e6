"""Routes of sessions and conversations, below /api/v1/."""

from django.urls import path

from sessions_api.api import messages, session
from sessions_api.api.complete import complete

C = "conversation/<str:conversation_id>"

urlpatterns = [
    path("integration/widget/<str:widget_integration_id>/session/create", session.create, name="session-create"),
    path(f"{C}/fetch", messages.fetch, name="conversation-fetch"),
    path(f"{C}/complete", complete, name="conversation-complete"),
    path(f"{C}/message/list", messages.message_list, name="message-list"),
    path(f"{C}/message/create", messages.create, name="message-create"),
    path(f"{C}/message/by-cid/<str:cid>", messages.by_cid, name="message-by-cid"),
    path(f"{C}/message/<str:message_id>/upvote", messages.upvote, name="message-upvote"),
    path(f"{C}/message/<str:message_id>/downvote", messages.downvote, name="message-downvote"),
]
