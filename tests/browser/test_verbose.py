"""What the bot is doing: told in the log and in the console where the widget is verbose, else a calm "Writing"."""

from playwright.sync_api import Page, expect

from tests.browser.chat import Chat, full_page, stored, words
from tests.browser.line import Line
from tests.browser.test_accessibility import problems, quiet_page  # noqa: F401 (a fixture)
from tests.support.processes import Server


def writing(server: Server, page: Page, **fields: bool) -> tuple[Chat, Line, str]:
    """An answer that is being written, with the id of its row."""
    line = Line(page)
    chat = full_page(page, server, server.scripted_widget("echo/delay=0.05", theme="auto", **fields))
    chat.say(words(400))
    chat.growing()
    return chat, line, stored(server, page)[1]["id"]


def test_the_line_says_what_the_bot_does(server: Server, page: Page) -> None:
    chat, line, reply = writing(server, page)
    act = chat.answers.first.locator(".act:not(.end)")
    expect(act).to_be_hidden()
    for kind, during, after in (
        ("search", "Searching the knowledge base…", "Searched the knowledge base"),
        ("ability", "Using Orders…", "Used Orders"),
        ("function", "Asking this page: Orders…", "Asked this page: Orders"),
        ("thinking", "Thinking…", "Thought about it"),
    ):
        for done, text in ((False, during), (True, after)):
            line.say(type="activity", reply=reply, kind=kind, name="Orders", text="Looks up an order", done=done)
            expect(act).to_have_text(text)
    line.say(type="activity", reply=reply, kind="juggling", name="Orders", text="Looks up an order", done=False)
    expect(act).to_have_text("Looks up an order")
    chat.button.click()
    expect(act).to_be_hidden()  # it was not done


def test_reasoning_streams_into_a_fold(server: Server, page: Page) -> None:
    chat, line, reply = writing(server, page)
    fold = chat.answers.first.locator("details")
    expect(fold).to_be_hidden()
    line.say(type="reasoning", reply=reply, attempt=1, text="<b>First</b> I ")
    expect(fold).to_be_visible()
    thought = fold.locator("p")
    expect(thought).to_be_hidden()
    fold.locator("summary").click()
    expect(thought).to_have_text("<b>First</b> I")
    line.say(type="reasoning", reply=reply, attempt=1, text="look, then I speak.")
    expect(thought).to_have_text("<b>First</b> I look, then I speak.")
    line.say(type="reasoning", reply=reply, attempt=2, text="Once more.")
    expect(thought).to_have_text("Once more.")
    line.say(type="reasoning", reply=reply, attempt=1, text="Late.")
    chat.button.click()
    expect(chat.answers.first.locator(".act.end")).to_be_visible()
    expect(thought).to_have_text("Once more.")


def test_the_bot_s_own_reasoning_and_calls_are_shown(server: Server, page: Page) -> None:
    chat = full_page(page, server, server.scripted_widget("calls"))
    chat.say("Go")
    fold = chat.answers.first.locator("details")
    expect(fold).to_be_visible()
    fold.locator("summary").click()
    expect(fold.locator("p")).to_have_text("I call every function that I have.")


def test_the_console_tells_what_happens_and_no_secret(server: Server, page: Page) -> None:
    said: list[str] = []

    def keep(message: object) -> None:
        said.append(" ".join([message.text, *(str(one.json_value()) for one in message.args)]))  # type: ignore[attr-defined]

    page.on("console", keep)
    line = Line(page, kept_back=("result",))
    chat = full_page(page, server, server.scripted_widget("echo/delay=0.01", tools=True))
    chat.say("Sesame opens the door")
    chat.answered()
    with page.expect_console_message(lambda message: "received callEnd" in message.text):
        line.say(type="call", call="c1", name="order", args={"pin": "1234567"}, timeoutMs=60000)
        line.say(type="reasoning", reply="x", attempt=1, text="Secretly thought")
        line.say(type="callEnd", call="c1")
    told = "\n".join(said)
    assert all(one.startswith("[chatwidget] ") for one in said)
    for what in ("http", "socket", "sent hello", "received welcome", "sent send", "received rows", "firstMs", "replyMs", "tookMs", "received call", "'seq'"):
        assert what in told
    token = page.evaluate("Object.values(localStorage).map(text => JSON.parse(text)).find(one => one?.token).token")
    for secret in ("Sesame", "opens", "1234567", "Secretly", token, token.split(".")[1]):
        assert secret not in told


def test_a_widget_that_is_not_verbose_logs_nothing(server: Server, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    chat = full_page(page, server, server.scripted_widget("echo/delay=0.05/tokens=40", verbose=False))
    chat.say(words(40))
    chat.growing()
    expect(chat.answers.first.locator("details")).to_be_hidden()
    chat.answered()
    assert said == []


def test_axe_finds_nothing_in_the_making(server: Server, quiet_page: Page) -> None:  # noqa: F811
    chat, line, reply = writing(server, quiet_page)
    line.say(type="reasoning", reply=reply, attempt=1, text="First I look.")
    line.say(type="activity", reply=reply, kind="function", name="cart", text="", done=False)
    chat.answers.first.locator("summary").click()
    expect(chat.answers.first.get_by_text("Asking this page: cart…")).to_be_visible()
    assert problems(quiet_page) == []
