"""Functions of the page: offered to the bot, run in the page, their value, error or abort told to the bot."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat import WAIT_MS, bubble, full_page
from tests.browser.host import foreign_site, snippet
from tests.browser.line import Line
from tests.support.processes import Server

VALUES = """{
  value: { description: "Gives back", parameters: { properties: { item: { type: "string" } } }, handler: ({ item }) => ({ item }) },
  later: { handler: async () => { await null; return [1, "two", null]; } },
  nothing: { handler: () => {} },
  data: { result: { data: { opening: "9 to 5" } } },
  throws: { handler: () => { throw new Error("Out of stock"); } },
  rejects: { handler: () => Promise.reject("Not signed in") },
  leaves: { handler: () => { throw new DOMException("Never mind", "AbortError"); } },
}"""
STRANGE = """{
  cyclic: { handler: () => { const one = {}; one.self = one; return one; } },
  large: { handler: () => "x".repeat(70000) },
  deep: { handler: () => { let one = 1; for (let n = 0; n < 50; n++) one = [one]; return one; } },
  huge: { handler: () => 2 ** 64 },
  broken: { handler: () => "a\\ud800b\\0c" },
  window: { handler: () => window },
}"""


def answers(text: str) -> dict[str, str]:
    """What the bot was told, by function, as the scripted bot says it."""
    lines = [line.partition(": ") for line in text.splitlines() if ": " in line]
    return {name: said for name, _, said in lines}


def register(page: Page, functions: str) -> None:
    """As a script of the page would; evaluated, because the policy of the site allows no script of its own. ``mark()`` resolves ``marked``."""
    page.evaluate("() => { window.marked = new Promise(resolve => window.mark = resolve) }")
    page.evaluate(f"chatWidget.instancePromise.then(widget => widget.registerFunctions({functions}))")


def test_values_errors_and_aborts_are_told_to_the_bot(server: Server, page: Page) -> None:
    widget = server.scripted_widget("calls", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, VALUES)
        assert page.locator("iframe").count() == 0, "registering alone loads nothing"
        chat = bubble(page)
        chat.say('{"item": "lamp"}')
        told = answers(chat.answered().inner_text())
    assert json.loads(told["value"]) == {"item": "lamp"}
    assert json.loads(told["later"]) == [1, "two", None]
    assert json.loads(told["nothing"]) is None
    assert json.loads(told["data"]) == {"opening": "9 to 5"}
    assert told["throws"] == "Out of stock"
    assert told["rejects"] == "Not signed in"
    assert told["leaves"]
    assert "Never mind" not in told["leaves"]


def test_what_cannot_travel_is_an_error_that_says_so(server: Server, page: Page) -> None:
    widget = server.scripted_widget("calls", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, STRANGE)
        chat = bubble(page)
        chat.say("Go")
        told = answers(chat.answered().inner_text())
        chat.say("Still there?")
        chat.answered(1)
    assert "circular" in told["cyclic"]
    assert "65536 bytes" in told["large"]
    assert "nested too deep" in told["deep"]
    assert "64 bits" in told["huge"]
    assert json.loads(told["broken"]) == "a\ufffdb\ufffdc"
    assert told["window"]


def test_a_function_that_never_returns_is_aborted(server: Server, page: Page) -> None:
    line = Line(page, kept_back=("result",))
    widget = server.scripted_widget("echo", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, "{ stuck: { handler: (args, { signal }) => new Promise(() => signal.addEventListener('abort', mark)) } }")
        chat = bubble(page)
        chat.say("Go")
        chat.answered()
        with page.expect_console_message(lambda message: "sent result" in message.text):
            line.say(type="call", call="one", name="stuck", args={}, timeoutMs=50)
        page.evaluate("marked")
        [told] = line.of("result")
        assert told == {"type": "result", "call": "one", "error": "No result within 50 ms."}


def test_a_call_that_is_over_aborts_its_function(server: Server, page: Page) -> None:
    line = Line(page, kept_back=("result",))
    widget = server.scripted_widget("echo", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        over = "window.over = new Promise(resolve => signal.addEventListener('abort', resolve))"
        register(page, f"{{ stuck: {{ handler: (args, {{ signal }}) => {{ {over}; mark(); return new Promise(() => {{}}); }} }} }}")
        chat = bubble(page)
        chat.say("Go")
        chat.answered()
        line.say(type="call", call="one", name="stuck", args={}, timeoutMs=60000)
        page.evaluate("marked")
        line.say(type="callEnd", call="one")
        page.evaluate("over.then(() => true)")
        page.evaluate("chatWidget.instance.unregisterFunctions(['stuck'])")
        with page.expect_console_message(lambda message: "sent result" in message.text):
            line.say(type="call", call="two", name="stuck", args={}, timeoutMs=60000)
        assert line.of("result") == [{"type": "result", "call": "two", "error": "The page has no function stuck."}]


def test_a_call_survives_a_reload(server: Server, page: Page) -> None:
    widget = server.scripted_widget("calls", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, "{ cart: { handler: () => new Promise(() => mark()) } }")
        chat = bubble(page)
        chat.say("Go")
        page.evaluate("marked")
        page.reload()
        chat = bubble(page)
        expect(chat.button).to_have_attribute("aria-label", "Stop the answer", timeout=WAIT_MS)
        register(page, "{ cart: { handler: () => { window.times = (window.times ?? 0) + 1; return 'three lamps'; } } }")
        expect(chat.answered()).to_contain_text('cart: "three lamps"')
        assert page.evaluate("window.times") == 1


def test_a_call_is_answered_again_where_the_answer_was_lost(server: Server, page: Page) -> None:
    widget = server.scripted_widget("calls", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, "{ cart: { handler: () => { window.times = (window.times ?? 0) + 1; mark(); return new Promise(resolve => window.finish = resolve); } } }")
        chat = bubble(page)
        chat.say("Go")
        page.evaluate("marked")
        page.evaluate("document.querySelector('chat-widget').shadowRoot.querySelector('iframe').src += '&again'")
        page.evaluate("finish('two')")
        expect(chat.answers.first.locator(".md")).to_contain_text('cart: "two"', timeout=WAIT_MS)
        assert page.evaluate("window.times") == 1


def test_what_is_registered_is_offered(server: Server, page: Page) -> None:
    widget = server.scripted_widget("turn", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, "{ one: { description: 'The first', parameters: { required: ['a'] }, handler: () => 1 }, two: { handler: () => 2 } }")
        chat = bubble(page)
        chat.say("Go")
        first, second = json.loads(chat.answered().inner_text())["functions"]
        schema = {"type": "object", "properties": {}}
        assert (first["name"], first["description"], first["parameters"]) == ("one", "The first", {**schema, "required": ["a"]})
        assert (second["name"], second["description"], second["parameters"]) == ("two", "", schema)
        assert first["page"]


def test_functions_come_and_go(server: Server, page: Page) -> None:
    widget = server.scripted_widget("calls", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, "{ one: { handler: () => 1 }, two: { handler: () => 2 } }")
        chat = bubble(page)
        chat.say("Go")
        assert answers(chat.answered().inner_text()) == {"one": "1", "two": "2"}
        page.evaluate("chatWidget.instance.unregisterFunctions(['one'])")
        register(page, "{ three: { handler: () => 3 } }")
        chat.say("Go on")
        assert answers(chat.answered(1).inner_text()) == {"two": "2", "three": "3"}
        page.evaluate("chatWidget.instance.unregisterFunctions(['two', 'never'])")
        chat.say("And now")
        assert answers(chat.answered(2).inner_text()) == {"three": "3"}


@pytest.mark.parametrize("bad", ["{ '1st': { handler() {} } }", "{ one: {} }", "{ one: { handler: 'text' } }", "{ one: { result: 5 } }", "{ one: { result: {} } }", "{ one: { result: { data: 5n } } }"])
def test_what_is_no_function_throws(server: Server, page: Page, bad: str) -> None:
    widget = server.scripted_widget("turn", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        thrown = page.evaluate(f"() => {{ try {{ chatWidget.instance.registerFunctions({bad}) }} catch (error) {{ return error.name }} }}")
        assert thrown == "TypeError"
        assert page.evaluate("chatWidget.instance.functions") == {}


def test_a_schema_that_is_none_is_left_out_and_the_page_told(server: Server, page: Page) -> None:
    widget = server.scripted_widget("turn", tools=True)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        page.evaluate("window.faults = []; chatWidget.instance.addEventListener('error', ({ detail }) => faults.push(detail.message))")
        register(
            page,
            """{
              good: { handler() {} },
              text: { parameters: "text", handler() {} },
              list: { parameters: { type: "array" }, handler() {} },
              names: { parameters: { properties: { a: 5 } }, handler() {} },
              needs: { parameters: { required: "a" }, handler() {} },
              long: { description: "x".repeat(5000), handler() {} },
            }""",
        )
        chat = bubble(page)
        chat.say("Go")
        assert [function["name"] for function in json.loads(chat.answered().inner_text())["functions"]] == ["good"]
        faults = page.evaluate("faults")
        assert sorted(fault.partition(":")[0] for fault in faults) == ["list", "long", "names", "needs", "text"]


def test_without_tools_and_without_a_page_there_are_none(server: Server, page: Page) -> None:
    widget = server.scripted_widget("turn", tools=False)
    with foreign_site(server.url, snippet(server.url, widget)) as url:
        page.goto(url)
        register(page, "{ one: { handler: () => 1 } }")
        chat = bubble(page)
        chat.say("Go")
        assert json.loads(chat.answered().inner_text())["functions"] == []
    alone = full_page(page, server, server.scripted_widget("turn", tools=True))
    alone.say("Go")
    assert json.loads(alone.answered().inner_text())["functions"] == []
