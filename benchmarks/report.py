"""The table of ``make bench``: each figure with its goal and whether it is reached."""

from typing import Any

from benchmarks.retrieval.evaluation import GOALS as RETRIEVAL

KB = 1000
GOALS: dict[str, tuple[str, str, float]] = {
    # figure: what it says, unit, the most it may be (negative: the least)
    "memory.rss_mb": ("resident memory of the idle server, demo embedded", "MB", 300),
    "page.loader_brotli": ("loader, brotli", "B", 3 * KB),
    "page.loader_raw": ("loader, raw", "B", 0),
    "page.frame_brotli": ("frame scripts and styles, brotli", "B", 20 * KB),
    "page.frame_raw": ("frame scripts and styles, raw", "B", 0),
    "page.requests_before_intent": ("requests before the first intent", "", 2),
    "public.widget_js_per_s": ("widget.js", "/s", -3000),
    "public.launcher_per_s": ("launcher.json", "/s", -3000),
    "public.frame_per_s": ("frame page, warm", "/s", -400),
    "public.frame_p99_ms": ("the same, p99 of 16 connections", "ms", 0),
    "changes.same_ms_max": ("change to visible in the same process, the latest", "ms", 0),
    "changes.other_ms_median": ("the same in another process, median", "ms", 1000),
    "changes.other_ms_max": ("the same, the latest", "ms", 1000),
    "sessions.sessions_per_s": ("session creations", "/s", 0),
    "sockets.kb_per_idle_socket": ("memory of an idle socket", "kB", 40),
    "providers.cpu_us_at_once": ("CPU of a token through the client, all at once", "µs", 80),
    "providers.cpu_us_paced": ("the same, 50 streams, 20 ms apart", "µs", 80),
    "providers.cpu_us_paced_socket": ("of that, a bare socket's", "µs", 0),
    "providers.first_piece_added_ms": ("added to the first piece, one visitor", "ms", 15),
    "providers.streams_lag_ms_median": ("50 replies, 20 ms a token: behind at the end, median", "ms", 100),
    "providers.streams_lag_ms_max": ("the same, the latest", "ms", 0),
    "providers.streams_first_piece_ms_median": ("the same, first piece, median", "ms", 0),
    "providers.streams_server_cpu_us_per_token": ("the same, CPU of the server a token", "µs", 0),
    "install.make_run_first_s": ("make run on a fresh clone, warm package cache", "s", 60),
    "install.make_run_again_s": ("make run again", "s", 0),
    "install.installed_mb": ("installed size", "MB", 450),
    "setup.embedded_seconds": ("setup of a widget in 45 languages, one process", "s", 30),
    "setup.embedded_answer_ms": ("the same, until the call is answered", "ms", 0),
    "setup.embedded_most_requests": ("the same, requests to the translator at once", "", 4),
    "setup.cluster_seconds": ("the same, PostgreSQL, Valkey, eight workers", "s", 30),
    "setup.cluster_answer_ms": ("the same, until the call is answered", "ms", 0),
    "setup.cluster_most_requests": ("the same, requests to the translator at once", "", 4),
    "retrieval.search_ms": ("search among 10,000 records, without embedding", "ms", 20),
    "retrieval.search_cpu_ms": ("the same, CPU", "ms", 20),
    "retrieval.index_mb": ("memory of an index of 10,000 records", "MB", 0),
}
REPLY_GOALS: dict[tuple[bool, int], dict[str, float]] = {
    (False, 50): {"replies_per_s": -250, "cpu_ms_per_reply": 3.5, "bytes_per_reply": 6 * KB},
    (True, 50): {"cpu_ms_per_reply": 20, "bytes_per_reply": 6 * KB, "first_piece_ms_median": 60},
}
API_GOALS = {"fetch": -300, "session/create": -60}  # a second
PAGE_RATIO = 1.5  # of a page among a million rows to one among a thousand
REPLY_FIGURES = {
    "replies_per_s": "replies/s", "first_piece_ms_median": "first piece, median ms", "first_piece_ms_max": "first piece, max ms",
    "cpu_ms_per_reply": "CPU ms a reply", "bytes_per_reply": "bytes a reply", "frames_per_reply": "frames a reply",
}  # fmt: skip


def _mark(value: float, goal: float) -> str:
    if not goal:
        return ""
    reached = value >= -goal if goal < 0 else value <= goal
    return f"{'≥' if goal < 0 else '≤'} {abs(goal):g} {'ok' if reached else 'MISSED'}"


def table(results: dict[str, Any]) -> str:
    """The results as lines of text."""
    lines = []
    for path, (label, unit, goal) in GOALS.items():
        group, name = path.split(".")
        if group in results:
            value = results[group][name]
            lines.append(f"{label:<52}{value:>12,} {unit:<4}{_mark(value, goal)}")
    for row in results.get("replies", ()):
        paced = "delay" in row["script"]
        title = f"200 tokens {'20 ms apart' if paced else 'at once'}, {row['visitors']} visitors"
        for name, label in REPLY_FIGURES.items():
            goal = REPLY_GOALS.get((paced, row["visitors"]), {}).get(name, 0)
            lines.append(f"{title + ': ' + label:<64}{row[name]:>9,} {_mark(row[name], goal)}".rstrip())
    for name, value in results.get("retrieval", {}).get("figures", {}).items():
        lines.append(f"{'questions to the knowledge search, ' + name:<52}{value:>12,}      {_mark(value, -RETRIEVAL.get(name, 0))}".rstrip())
    return "\n".join([*lines, *_api_lines(results.get("api", {}))])


def _api_lines(figures: dict[str, Any]) -> list[str]:
    lines = []
    for database, measured in figures.items():
        for name, row in measured["operations"].items():
            title = f"{database}, {name}: a second, p50 and p99 in ms"
            values = f"{row['per_s']:>9,} {row['p50_ms']:>7,} {row['p99_ms']:>7,} "
            lines.append(f"{title:<56}{values}{_mark(row['per_s'], API_GOALS.get(name, 0))}".rstrip())
        for name, row in measured["pages"].items():
            *sizes, ratio = row.values()
            title = f"{database}, {name} of 100 among {' and '.join(f'{int(size):,}' for size in list(row)[:-1])} rows, ms"
            values = "".join(f"{value:>8,} " for value in sizes)
            lines.append(f"{title:<64}{values}×{ratio} {_mark(ratio, PAGE_RATIO)}")
    return lines
