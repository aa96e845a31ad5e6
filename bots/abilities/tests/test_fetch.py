"""Requests: both forms of the template, arguments that stay in their place, answers, refusals."""

import json

import pytest

from bots.abilities.base import RESULT_CHARACTERS, AbilityError, Answer
from bots.abilities.tests.fakes import do


def block(text):
    return f"Asks a service.\n\n```fetch\n{text}\n```\n"


async def sent(tools, text, **arguments):
    outcome = await do(tools, block(text), **arguments)
    assert outcome.error == ""
    return tools.requests[-1]


async def test_lines(tools):
    request = await sent(
        tools,
        "POST https://api.example.com/v1/{{kind}}?q={{q}}\nAuthorization: Bearer {{key}}\nContent-Type: application/json\n\n"
        '{"text": "{{q}}", "n": {{n}},\n "list": ${{list}}}',
        kind="a/b", q='say "hi" & more', key="k", n=5, list=[1, "x"],
    )  # fmt: skip
    assert (request.method, request.url) == ("POST", "https://api.example.com/v1/a%2Fb?q=say%20%22hi%22%20%26%20more")
    assert request.headers == {"Authorization": "Bearer k", "Content-Type": "application/json"}
    assert request.body == b'{"text": "say \\"hi\\" & more", "n": 5,\n "list": [1, "x"]}'


async def test_the_least(tools):
    request = await sent(tools, "https://example.com/")
    assert (request.method, request.url, request.headers, request.body) == ("GET", "https://example.com/", {}, None)
    assert (await sent(tools, "{{url}}", url="https://example.com/a?b=c")).url == "https://example.com/a?b=c"
    assert (await sent(tools, "PUT https://a.b/c\r\n\r\n[1]")).headers == {"Content-Type": "application/json"}
    assert (await sent(tools, "POST https://a.b/c\n\nhello {{x}}", x="ä")).body == "hello ä".encode()
    assert tools.requests[-1].headers == {"Content-Type": "text/plain; charset=utf-8"}


async def test_yaml(tools):
    request = await sent(
        tools,
        'method: put\nurl: https://a.b/{{id}}\nheaders:\n  X-Key: "{{key}}"\nbody:\n  n: "{{n}}"\n  text: "is {{n}}"\n  flag: true\n  day: 2024-01-02\n',
        id="1 2", key="k", n=7,
    )  # fmt: skip
    assert (request.method, request.url) == ("PUT", "https://a.b/1%202")
    assert request.headers == {"X-Key": "k", "Content-Type": "application/json"}
    assert request.body == b'{"n": 7, "text": "is 7", "flag": true, "day": "2024-01-02"}'
    assert (await sent(tools, "{url: 'https://a.b/'}")).method == "GET"
    assert (await sent(tools, "url: https://a.b/\nbody: plain")).method == "POST"


@pytest.mark.parametrize(
    ("kind", "template", "body"),
    [
        ("application/x-www-form-urlencoded", "a={{x}}&b=1", b"a=%26+%3C%22%27&b=1"),
        ("application/xml", "<a b='{{x}}'/>", b"<a b='&amp; &lt;&quot;&apos;'/>"),
        ("application/vnd.api+json", '{"a": "{{x}}"}', b'{"a": "& <\\"\'"}'),
        ("text/plain", "{{x}}", b"& <\"'"),
    ],
)
async def test_bodies_by_type(tools, kind, template, body):
    assert (await sent(tools, f"POST https://a.b/\nContent-Type: {kind}\n\n{template}", x="& <\"'")).body == body


async def test_an_argument_cannot_leave_a_json_text(tools):
    request = await sent(tools, 'POST https://a.b/\n\n{"a": "x {{x}} y", "b": "\\"{{x}}"}', x='", "admin": true, "c": "\\')
    forged = '", "admin": true, "c": "\\'
    assert json.loads(request.body) == {"a": f"x {forged} y", "b": f'"{forged}'}


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        ("", {}, "neither a method and an address"),
        ("BREW https://a.b/", {}, "neither a method and an address"),
        ("GET ftp://a.b/", {}, "neither a method and an address"),
        ("method: BREW\nurl: https://a.b/", {}, "must be one of GET, HEAD"),
        ("url: https://a.b/\nheaders: [1]", {}, "headers of the request are not a mapping"),
        ("GET https://{{host}}/a", {"host": "evil.example"}, "host of the address must not hold an argument"),
        ("GET https://a.b{{x}}/a", {"x": "@evil.example"}, "host of the address must not hold an argument"),
        ("GET https://a.b/x/{{id}}/y", {"id": ".."}, "must not hold “.” or “..”"),
        ("GET https://a.b/x/{{p}}{{q}}", {"p": ".", "q": "."}, "must not hold “.” or “..”"),
        ("GET https://a.b/{{id}}", {}, "The argument “id” is missing"),
        ("GET {{url}}", {"url": "file:///etc/passwd"}, "must begin with http:// or https://"),
        ("GET {{url}}", {"url": "https://a.b/ x"}, "must begin with http:// or https://"),
        ("GET {{url}}", {"url": "https://[a/"}, "address is not valid"),
        ("GET https://a.b/\nX-A: {{x}}", {"x": "a\r\nX-B: c"}, "The header X-A must be one line"),
        ("GET https://a.b/\nX-A: {{x}}", {"x": "a\nX-B: c"}, "The header X-A must be one line"),
        ("GET https://a.b/\nX-A: {{x}}", {"x": "a\0"}, "The header X-A must be one line"),
        ("GET https://a.b/\nX-A: {{x}}", {"x": "ü"}, "The header X-A must be one line"),
        ("GET https://a.b/\nHost: c.d", {}, "The header Host cannot be set"),
        ("GET https://a.b/\ncontent-length: 5", {}, "The header content-length cannot be set"),
        ("GET https://a.b/\nProxy-Authorization: x", {}, "cannot be set"),
        ("GET https://a.b/\nnonsense", {}, "is not a header of the form"),
        ("GET https://a.b/\n{{x}}: y", {"x": "a"}, "is not the name of a header"),
        ("POST https://a.b/\n\n{", {}, "is not valid JSON"),
        ('POST https://a.b/\n\n{"a": "\\{{x}}"}', {"x": '", "b": "'}, "has a \\ before an argument"),
    ],
)  # fmt: skip
async def test_refusals(tools, text, arguments, says):
    outcome = await do(tools, block(text), **arguments)
    assert says in outcome.error
    assert outcome.result is None
    assert not tools.requests


@pytest.mark.parametrize(
    ("kind", "body", "result"),
    [
        ("application/json; charset=utf-8", b'{"a": [1, null]}', {"a": [1, None]}),
        ("application/problem+json", b"5", 5),
        ("application/json", b"{not json", "{not json"),
        ("application/json", b"NaN", "NaN"),
        ("application/json", b"[" * 20_000, "[" * 20_000),
        ("text/plain; charset=latin-1", b"\xe4", "ä"),
        ("text/plain; charset=zlib", b"a", "a"),
        ("text/plain", b"\xff", "�"),
        ("", b"", ""),
        ("application/octet-stream", "ä".encode(), "ä"),
    ],
)
async def test_answers(tools, kind, body, result):
    tools.answer = Answer(200, kind, body)
    assert (await do(tools, block("https://a.b/"))).result == result


async def test_a_long_answer_is_cut(tools):
    tools.answer = Answer(200, "application/json", b'["' + b"a" * 100_000 + b'"]')
    assert len((await do(tools, block("https://a.b/"))).result) == RESULT_CHARACTERS + 1


async def test_a_refusing_service(tools):
    tools.answer = Answer(404, "text/plain", b"No such \n thing")
    outcome = await do(tools, block("https://a.b/"))
    assert (outcome.error, outcome.result) == ("The address answered 404 Not Found: No such thing", None)
    tools.answer = Answer(599, "text/plain", b"")
    assert (await do(tools, block("https://a.b/"))).error == "The address answered 599"
    tools.answer = Answer(200, "image/png", b"\x89PNG")
    assert (await do(tools, block("https://a.b/"))).error == "The address answered with image/png, which is not text"
    tools.answer = AbilityError("The address is not public")
    assert (await do(tools, block("https://a.b/"))).error == "The address is not public"
