"""/api/v1/schema and /api/v1/docs: valid OpenAPI, names as the contract has them, a page without script."""

import re

import pytest
from django.urls import path
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from widgetplatform.api.described import described
from widgetplatform.api.serializers import ErrorSerializer, IdSerializer

CONTRACT = {
    **{
        f"/api/v1/{noun}/create": ("post", f"create{name}")
        for noun, name in (("bot", "Bot"), ("dataset", "Dataset"), ("blueprint", "Blueprint"))
    },
    "/api/v1/bot/list": ("get", "listBots"),
    "/api/v1/bot/{botId}/fetch": ("get", "fetchBot"),
    "/api/v1/bot/{botId}/update": ("post", "updateBot"),
    "/api/v1/blueprint/{blueprintId}/delete": ("post", "deleteBlueprint"),
    "/api/v1/dataset/{datasetId}/search": ("post", "searchDataset"),
    "/api/v1/dataset/{datasetId}/record/create": ("post", "createDatasetRecord"),
    "/api/v1/dataset/{datasetId}/record/list": ("get", "listDatasetRecords"),
    "/api/v1/dataset/{datasetId}/record/{recordId}/update": ("post", "updateDatasetRecord"),
    "/api/v1/integration/widget/list": ("get", "listWidgetIntegrations"),
    "/api/v1/integration/widget/create": ("post", "createWidgetIntegration"),
}


@pytest.fixture
def schema(db, client) -> dict:
    response = client.get("/api/v1/schema", {"format": "json"})
    assert response.status_code == 200
    return response.json()


def test_it_is_valid_openapi(schema):
    validate_schema(schema)


def test_nothing_of_it_was_guessed(db, client, capsys):
    reset_generator_stats()
    client.get("/api/v1/schema")
    assert capsys.readouterr().err == ""


def test_every_body_has_its_fields(schema):
    for name in ("Bot", "Dataset", "Blueprint", "Record", "Widget"):
        assert {"id", "createdAt", "meta"} <= set(schema["components"]["schemas"][name]["properties"])
    assert schema["components"]["schemas"]["Record"]["required"] == ["createdAt", "id", "text", "updatedAt"]


def test_operations_are_named_as_in_the_contract(schema):
    for route, (method, operation) in CONTRACT.items():
        assert schema["paths"][route][method]["operationId"] == operation


def test_mutations_answer_ids_and_lists_pages(schema):
    create = schema["paths"]["/api/v1/bot/create"]["post"]
    assert create["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Bot")
    assert create["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Id")
    assert create["responses"]["409"]["content"]["application/json"]["schema"]["$ref"].endswith("/Error")
    page = schema["paths"]["/api/v1/bot/list"]["get"]
    assert set(page["responses"]["200"]["content"]) == {"application/json", "application/jsonl", "text/csv"}
    assert {item["name"] for item in page["parameters"]} == {"take", "order", "cursor", "meta", "blueprintId"}
    items = schema["components"]["schemas"]["BotPage"]["properties"]["items"]
    assert items["type"] == "array"
    assert {"datasetId", "blueprintId", "createdAt"} <= set(
        schema["components"]["schemas"]["Bot"]["properties"]
    )


def test_yaml_too(db, client):
    assert client.get("/api/v1/schema").content.startswith(b"openapi:")


def test_the_page(db, client):
    response = client.get("/api/v1/docs")
    assert response.status_code == 200
    page = response.content.decode()
    for route, (_, operation) in CONTRACT.items():
        assert route in page
        assert f'id="{operation}"' in page
    assert page.count("<script") == 1 and '<script type="module" src="/static/api/try' in page
    assert "<style" not in page
    assert "style=" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page), "nothing of another host"
    assert "Only items of this blueprint" in page


def test_plain_views_can_be_described():
    @described("POST", public=True, request=ErrorSerializer, responses=IdSerializer)
    async def complete(request, conversation_id):
        """Answer a message."""

    patterns = [path("api/v1/conversation/<str:conversation_id>/complete", complete)]
    operation = SchemaGenerator(patterns=patterns).get_schema(public=True)["paths"][
        "/api/v1/conversation/{conversationId}/complete"
    ]["post"]
    assert operation["operationId"] == "completeConversation"
    assert operation["description"] == "Answer a message."
    assert operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Error")
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Id")
    assert {} in operation["security"]
    assert "429" in operation["responses"]


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "application/vnd.oai.openapi"),
        ("", "application/json", "application/vnd.oai.openapi+json"),
        ("?format=json", "*/*", "application/vnd.oai.openapi+json"),
        ("?format=yaml", "application/json", "application/vnd.oai.openapi"),
    ],
)
def test_its_forms(client, query, accept, kind):
    response = client.get(f"/api/v1/schema{query}", headers={"accept": accept})
    assert response.status_code == 200 and response["Content-Type"] == kind


def test_other_forms_are_refused(client):
    response = client.get("/api/v1/schema?format=xml")
    assert response.status_code == 400 and "yaml, json" in response.json()["message"]
    assert client.post("/api/v1/schema").status_code == 405
