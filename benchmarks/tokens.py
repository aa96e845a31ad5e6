"""CPU of our client for OpenAI-compatible services, in a process that does nothing else.

``python -m benchmarks.tokens JSON`` with url, key, streams (how many at once), rounds and tokens (of each stream). Prints one line of JSON:
microseconds of CPU a token through the client, and those of a bare socket that reads the same bytes and throws them away.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import uvloop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "widgetplatform.settings")

from bots.engines.base import ProviderAccess, Text
from bots.engines.providers.base import Prompt, Request
from bots.engines.providers.openai import OpenAIClient

QUESTION = "How do I put the widget on my site?"


async def through_client(order: dict[str, Any]) -> None:
    """One stream as an engine reads it."""
    access = ProviderAccess("bench", "openai", order["url"], order["key"], private=True)
    request = Request(access, "gpt-test", (Prompt("user", QUESTION),))
    texts = [event async for event in OpenAIClient().stream(request) if isinstance(event, Text)]
    if len(texts) != order["tokens"]:
        raise RuntimeError(f"{len(texts)} of {order['tokens']} tokens arrived")


async def through_socket(order: dict[str, Any]) -> None:
    """The same bytes, unread."""
    url = urlsplit(order["url"])
    body = json.dumps({"model": "gpt-test", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}).encode()
    head = f"POST {url.path}/chat/completions HTTP/1.1\r\nhost: {url.netloc}\r\nauthorization: Bearer {order['key']}\r\n"
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(head.encode() + b"content-length: %d\r\n\r\n%b" % (len(body), body))
    last = b""
    while not last.endswith(b"0\r\n\r\n"):
        last = await reader.read(65_536)
    writer.close()


async def cpu_us(order: dict[str, Any], read: Callable[[dict[str, Any]], Awaitable[None]]) -> float:
    """Of one token; the best round counts, because other processes only ever add."""
    best = float("inf")
    for _ in range(order["rounds"] + 1):  # the first opens connections
        began = time.process_time()
        await asyncio.gather(*[read(order) for _ in range(order["streams"])])
        best = min(best, time.process_time() - began)
    return round(best * 1e6 / order["streams"] / order["tokens"], 1)


async def main(order: dict[str, Any]) -> dict[str, float]:
    """Both."""
    return {"client": await cpu_us(order, through_client), "socket": await cpu_us(order, through_socket)}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(main(json.loads(sys.argv[1])))), flush=True)
