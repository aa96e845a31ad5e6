"""Routes of sessions and conversations, below /api/v1/."""

from django.urls import path

from sessions_api.api import (
    attachments,
    calls,
    channels,
    complete,
    contacts,
    conversations,
    message_changes,
    messages,
    ratings,
    session,
    sessions,
    speech,
    stateless,
)
from widgetplatform.api.routing import verbs

C = "conversation/<str:conversation_id>"

urlpatterns = [
    path("integration/widget/<str:widget_integration_id>/session/create", session.create, name="session-create"),
    *verbs("contact", contacts.ContactResource, "create list fetch update delete ensure export"),
    *verbs("contact/<str:contact_id>/conversation", contacts.ContactConversations, "list"),
    *verbs("contact/<str:contact_id>/rating", contacts.ContactRatings, "list"),
    *verbs("rating", ratings.RatingResource, "list"),
    path("bot/<str:bot_id>/session/create", sessions.create_bot_session, name="bot-session-create"),
    path("bot/<str:bot_id>/upvote", ratings.BotUpvote.as_view(), name="bot-upvote"),
    path("bot/<str:bot_id>/downvote", ratings.BotDownvote.as_view(), name="bot-downvote"),
    *verbs("conversation", conversations.ConversationResource, "create list update export"),
    path(f"{C}/fetch", conversations.fetch, name="conversation-fetch"),
    path(f"{C}/delete", conversations.delete, name="conversation-delete"),
    path(f"{C}/export", conversations.export, name="conversation-transcript"),
    path(f"{C}/upvote", ratings.upvote_conversation, name="conversation-upvote"),
    path(f"{C}/downvote", ratings.downvote_conversation, name="conversation-downvote"),
    path(f"{C}/session/create", sessions.ConversationSession.as_view(), name="conversation-session-create"),
    path(f"{C}/contact/upsert", contacts.upsert, name="conversation-contact-upsert"),
    path("conversation/complete", stateless.complete, name="stateless-complete"),
    path(f"{C}/complete", complete.complete, name="conversation-complete"),
    path(f"{C}/send", complete.send, name="conversation-send"),
    path(f"{C}/receive", complete.receive, name="conversation-receive"),
    path(f"{C}/initiate", complete.initiate, name="conversation-initiate"),
    path(f"{C}/set", calls.set_surroundings, name="conversation-set"),
    path(f"{C}/call/<str:call_id>/result", calls.result, name="call-result"),
    path(f"{C}/message/list", messages.message_list, name="message-list"),
    path(f"{C}/message/create", messages.create, name="message-create"),
    path(f"{C}/message/by-cid/<str:cid>", messages.by_cid, name="message-by-cid"),
    path(f"{C}/message/<str:message_id>/fetch", messages.fetch, name="message-fetch"),
    path(f"{C}/message/<str:message_id>/update", message_changes.update, name="message-update"),
    path(f"{C}/message/<str:message_id>/delete", message_changes.delete, name="message-delete"),
    path(f"{C}/message/<str:message_id>/stop", message_changes.stop, name="message-stop"),
    path(f"{C}/message/<str:message_id>/retry", message_changes.retry, name="message-retry"),
    path(f"{C}/message/<str:message_id>/regenerate", message_changes.regenerate, name="message-regenerate"),
    path(f"{C}/message/<str:message_id>/edit", message_changes.edit, name="message-edit"),
    path(f"{C}/message/<str:message_id>/upvote", ratings.upvote_message, name="message-upvote"),
    path(f"{C}/message/<str:message_id>/downvote", ratings.downvote_message, name="message-downvote"),
    path(f"{C}/message/<str:message_id>/synthesize", speech.synthesize, name="message-synthesize"),
    path(f"{C}/attachment/list", attachments.attachment_list, name="attachment-list"),
    path(f"{C}/attachment/upload", attachments.attachment_upload, name="attachment-upload"),
    path("Attachment/<str:conversation_id>/upload", attachments.attachment_upload, name="sdk-attachment-upload"),  # as the SDK writes it
    path("channel/<str:channel_id>/publish", channels.publish, name="channel-publish"),
    path("channel/<str:channel_id>/subscribe", channels.subscribe, name="channel-subscribe"),
]
