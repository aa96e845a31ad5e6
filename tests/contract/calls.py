"""How each operation of the contract is called: the bodies that it must take, with the ids of a prepared world in braces."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.outside import TEXT

Body = dict[str, Any]
META: Body = {"plan": {"name": "pro"}, "seats": 3, "trial": False}
NAMES: Body = {"name": "Named", "description": "A note", "meta": META}
OWNED: Body = {"alias": "an-alias", **NAMES}
SHARED: Body = {"visibility": "private"}
BLUEPRINTED: Body = {"blueprintId": "{blueprint_id}"}
DESCRIBED_BOT: Body = {
    "model": "scripted:echo", "backstory": "You are kind", "datasetId": "{dataset_id}", "skillsetId": "{skillset_id}",
    "privacy": True, "moderation": False,
}  # fmt: skip
DATASET: Body = {
    **OWNED, **BLUEPRINTED, **SHARED, "reranker": "none", "recordMaxTokens": 400, "searchMinScore": 0.2, "searchMaxRecords": 5,
    "searchMaxTokens": 2000, "matchInstruction": "Use this", "mismatchInstruction": "Say so", "separators": "---",
}  # fmt: skip
CONTACT: Body = {
    **NAMES, "fingerprint": "customer-7", "email": "vera@example.org", "phone": "+4930123456", "nick": "V",
    "preferences": "Short answers", "verifiedAt": 1_750_000_000_000,
}  # fmt: skip
FLAGS = (
    "stream", "verbose", "tools", "unfurl", "math", "carousel", "form", "attachments", "autoScroll", "startFirst", "contactCollection",
    "exportConversation", "restartConversation", "maximize", "messagePeek", "voiceIn", "voiceOut", "poweredBy",
)  # fmt: skip
WIDGET: Body = {
    **OWNED, **BLUEPRINTED, "botId": "{bot_id}", "theme": "dark/accent=#336699", "layout": "fullscreen", "title": "Shop",
    "intro": "Ask us", "initial": "Hello", "placeholder": "Write", "origin": "https://shop.example", "sessionDuration": 1_800_000,
    "language": "en, de", "plugins": "", **dict.fromkeys(FLAGS, True),
}  # fmt: skip
ABILITY: Body = {
    **NAMES, **BLUEPRINTED, "secretId": "key-1", "fileId": "{file_id}", "botId": "{bot_id}", "spaceId": "space-1",
    "instruction": "Open from nine to five.",
}  # fmt: skip
ENTITIES: Body = {
    "entities": [
        {
            "type": "name",
            "begin": 0,
            "end": 4,
            "text": "Vera",
            "replacement": {"begin": 0, "end": 3, "text": "[1]"},
        }
    ]
}
PARAMETERS: Body = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION: Body = {"name": "weather", "description": "The weather", "parameters": PARAMETERS}
FUNCTIONS: Body = {
    "functions": [
        {**FUNCTION, "result": {"data": {"sun": True}}, "call": {"start": False, "end": False}},
        {**FUNCTION, "name": "news", "result": {"channel": "{channel_id}"}},
    ]
}
EXTENSIONS: Body = {
    "extensions": {
        "backstory": "Be brief",
        "datasets": [{"name": "Extra", "description": "More", "records": [{"text": "Closed on Sunday", "meta": {"n": 1}}]}],
        "skillsets": [
            {
                "name": "Extra", "description": "More",
                "abilities": [{"name": "sunday", "description": "Sundays", "instruction": "Closed", "secretId": "key-1", "meta": {"n": 1}}],
            }
        ],
        "features": [{"name": "math", "options": {"inline": True}}],
    }
}  # fmt: skip
LIMITS: Body = {"limits": {"iterations": 3, "continuations": 2, "calls": 4}}
UP: Body = {"value": 50, "reason": "Right"}
DOWN: Body = {"value": -50, "reason": "Wrong"}
CONVERSATION: Body = {**NAMES, "contactId": "{contact_id}", "taskId": "task-1", "spaceId": "space-1"}
SEEDS: Body = {"messages": [{"type": "user", "text": "Hi"}, {"type": "bot", "text": "Hello"}]}
DATA_URL = "data:text/plain;base64,SGVsbG8="
MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    + TEXT
    + b"\r\n--B--\r\n"
)


@dataclass(frozen=True)
class Raw:
    """A body that is not JSON."""

    content: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """Each of ``bodies`` is sent once for each form that the answer has; ``enough_lines`` leaves a stream that has no end."""

    bodies: tuple[Body | Raw | None, ...] = (None,)
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    enough_lines: int | None = None


def post(*bodies: Body | Raw, **more: Any) -> Call:
    """A call with these bodies, ``{}`` where there is none."""
    return Call(bodies or ({},), **more)


READ = Call()
ALL = "order=asc&take=50"
FILTERED = "order=desc&take=2&meta[plan][name]=pro"
LIST, LIST_FILTERED = Call(query=ALL), Call(query=FILTERED)
UPLOAD = post(
    {"file": DATA_URL},
    {"file": "{outside}"},
    {"file": {"type": "text/plain", "size": 5, "name": "a.txt"}},
    Raw(MULTIPART, "multipart/form-data; boundary=B"),
    Raw(TEXT, "text/plain", {"x-filename": "a.txt"}),
)
ZONE = {"x-timezone": "Europe/London"}

CALLS: dict[str, Call] = {
    # Blueprints
    "createBlueprint": post({**OWNED, **SHARED}, {}),
    "listBlueprints": LIST_FILTERED,
    "fetchBlueprint": READ,
    "updateBlueprint": post({**OWNED, **SHARED}),
    "cloneBlueprint": post(),
    "deleteBlueprint": post({"deleteResources": True}),
    # Bots
    "createBot": post({**OWNED, **DESCRIBED_BOT, **BLUEPRINTED, **SHARED}, {}),
    "listBots": LIST_FILTERED,
    "fetchBot": READ,
    "updateBot": post({**OWNED, **DESCRIBED_BOT, **BLUEPRINTED, **SHARED}),
    "cloneBot": post(),
    "deleteBot": post(),
    "upvoteBot": post(UP, {}),
    "downvoteBot": post(DOWN, {}),
    "createBotSession": post({"durationInSeconds": 1800, **SEEDS, "meta": META}, {}),
    # Datasets
    "createDataset": post({**DATASET, "store": "embedded"}, {}),
    "listDatasets": LIST_FILTERED,
    "fetchDataset": READ,
    "updateDataset": post(DATASET),
    "deleteDataset": post(),
    "searchDataset": post({"search": "When is it open?", "filter": {"n": {"$gte": 0}, "kind": "a"}}, {"search": "open"}),
    "createDatasetRecord": post({"text": "Closed on Sunday", "source": "https://shop.example/hours", "meta": META}),
    "listDatasetRecords": LIST,
    "exportDatasetRecords": LIST,
    "fetchDatasetRecord": READ,
    "updateDatasetRecord": post({"text": "Closed on Sunday", "source": "https://shop.example/hours", "meta": META}),
    "deleteDatasetRecord": post(),
    "attachDatasetFile": post({"type": "source"}, {}),
    "detachDatasetFile": post({"deleteRecords": True}),
    "syncDatasetFile": post(),
    "listDatasetFiles": LIST,
    # Skillsets
    "createSkillset": post({**OWNED, **BLUEPRINTED, **SHARED}, {}),
    "listSkillsets": LIST_FILTERED,
    "fetchSkillset": READ,
    "updateSkillset": post({**OWNED, **BLUEPRINTED, **SHARED}),
    "deleteSkillset": post(),
    "createSkillsetAbility": post(ABILITY),
    "listSkillsetAbilities": LIST,
    "exportSkillsetAbilities": LIST,
    "fetchSkillsetAbility": READ,
    "updateSkillsetAbility": post(ABILITY),
    "deleteSkillsetAbility": post(),
    "executeSkillsetAbility": post({"input": "{}", "contactId": "{contact_id}"}),
    # Contacts
    "createContact": post(CONTACT, {}),
    "ensureContact": post(CONTACT),
    "listContacts": LIST_FILTERED,
    "exportContacts": LIST_FILTERED,
    "fetchContact": READ,
    "updateContact": post(CONTACT),
    "deleteContact": post(),
    "listContactConversations": LIST,
    "listContactRatings": LIST,
    # Conversations
    "createConversation": post(
        {**CONVERSATION, **SEEDS, "botId": "{bot_id}"}, {**CONVERSATION, **SEEDS, **DESCRIBED_BOT}, {}
    ),
    "listConversations": LIST_FILTERED,
    "exportConversations": LIST_FILTERED,
    "fetchConversation": READ,
    "updateConversation": post({**CONVERSATION, "botId": "{bot_id}"}, {**CONVERSATION, **DESCRIBED_BOT}),
    "deleteConversation": post(),
    "upvoteConversation": post(UP, {}),
    "downvoteConversation": post(DOWN, {}),
    "createConversationSession": post({"durationInSeconds": 1800}, {}),
    "upsertConversationContact": post(
        {name: CONTACT[name] for name in ("name", "description", "meta", "fingerprint", "email", "phone", "nick")}
    ),
    "listConversationAttachments": Call(query="take=50"),
    "uploadConversationAttachment": UPLOAD,
    # Messages
    "createConversationMessage": post({**NAMES, "type": "user", "text": "Vera is here", **ENTITIES}, {"type": "bot", "text": "Hi"}),
    "listConversationMessages": LIST,
    "fetchConversationMessage": READ,
    "updateConversationMessage": post({**NAMES, "type": "bot", "text": "Vera was here", **ENTITIES}),
    "deleteConversationMessage": post(),
    "upvoteConversationMessage": post(UP, {}),
    "downvoteConversationMessage": post(DOWN, {}),
    "synthesizeConversationMessage": post(),
    # Streams
    "completeConversation": post(
        {
            "botId": "{bot_id}", "messages": [{"type": "user", "text": "Hi", "meta": META}], **FUNCTIONS, **EXTENSIONS, **LIMITS,
            "contactId": {name: CONTACT[name] for name in ("fingerprint", "name", "description", "email", "phone", "nick", "meta")},
            "attachments": [],
        },
        {**DESCRIBED_BOT, "messages": [{"type": "user", "text": "Hi"}], "contactId": "{contact_id}", "attachments": [{"url": "{outside}"}]},
        headers=ZONE,
    ),
    "completeConversationMessage": post(
        {"text": "Vera asks", **ENTITIES, **FUNCTIONS, **EXTENSIONS, **LIMITS}, {"text": "Hi"}, headers=ZONE
    ),
    "sendConversationMessage": post({"text": "Vera asks", **ENTITIES, **FUNCTIONS, **EXTENSIONS}, {"text": "Hi"}),
    "receiveConversationMessage": post({**FUNCTIONS, **EXTENSIONS}, {}),
    # Channels
    "publishChannelMessage": post({"message": {"n": 1}}),
    "subscribeChannelMessages": post({"historyLength": 10}, enough_lines=1),
    # Files
    "createFile": post({**OWNED, **BLUEPRINTED, **SHARED}, {}),
    "listFiles": LIST_FILTERED,
    "fetchFile": READ,
    "updateFile": post({**OWNED, **BLUEPRINTED, **SHARED}),
    "uploadFile": UPLOAD,
    "downloadFile": READ,
    "syncFile": post(),
    "deleteFile": post(),
    # Widgets
    "createWidgetIntegration": post(WIDGET, {}),
    "listWidgetIntegrations": LIST_FILTERED,
    "fetchWidgetIntegration": READ,
    "updateWidgetIntegration": post(WIDGET),
    "cloneWidgetIntegration": post(),
    "setupWidgetIntegration": post(),
    "deleteWidgetIntegration": post(),
    "attachWidgetIntegrationFile": post(*({"type": kind} for kind in ("bar", "user", "bot", "button"))),
    "detachWidgetIntegrationFile": post(),
}  # fmt: skip
