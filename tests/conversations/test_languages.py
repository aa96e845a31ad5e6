"""A visitor who switches the language: the bot begins in it, and is told."""

import json

from tests.support.sites import Site


async def test_the_bot_begins_in_the_language_that_the_visitor_switched_to(site: Site) -> None:
    widget = await site.widget("turn", startFirst=True, language="en, de")
    text = "{'initial': {'text': 'Hallo', 'hash': ''}}"
    await site.shell(f"from widgets.models import LanguageMap; LanguageMap.objects.create(widget_id='{widget}', language='de', overrides={text})")
    session = await site.session(widget, language="en")
    assert session["messages"] == []
    async with site.tab(session) as tab:
        await tab.say("set", language="de-CH")
        await tab.say("start")
        assert (await tab.closing_row(1))["text"] == "Hallo"
        await tab.send("Hi")
        await tab.closing_row(3)
    assert json.loads((await site.stored(session))[-1]["text"])["language"] == "de"
