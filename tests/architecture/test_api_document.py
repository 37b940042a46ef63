"""The OpenAPI document tells of every JSON endpoint, completely."""

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from tests.architecture.addresses import every_address

DOCUMENT = "api/v1/schema/"


def described():
    return SchemaGenerator().get_schema(request=None, public=True)["paths"]


def as_path(route):
    return "/" + route.replace("<str:", "{").replace("<slug:", "{").replace("<int:", "{").replace(">", "}")


@pytest.mark.once
def test_the_document_is_made_without_a_warning(tmp_path):
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(tmp_path / "schema.yml"))


@pytest.mark.once
def test_every_json_endpoint_stands_in_the_document():
    routes = [address.route for address in every_address() if address.route.startswith("api/")]

    assert sorted(as_path(route) for route in routes if route != DOCUMENT) == sorted(described())


@pytest.mark.once
def test_every_endpoint_documents_its_errors_as_problems():
    bare = [
        f"{method} {path} {status}"
        for path, methods in described().items()
        for method, operation in methods.items()
        for status, answer in operation["responses"].items()
        if status >= "400" and list(answer["content"]) != ["application/problem+json"]
    ]

    assert bare == []


def test_anybody_may_read_the_document(client, db):
    answer = client.get(f"/{DOCUMENT}")

    assert answer.status_code == 200
    assert b"/api/v1/complaints/lookup/" in answer.content
