"""What every language calls itself, from CLDR into own_names.json: ``python -m widgets.own_names`` writes it anew.

A file, because a process that asks Babel for these names reads the data of all locales and keeps them (hundreds of MB).
"""

import json
from functools import lru_cache
from pathlib import Path

from babel import Locale, localedata

FILE = Path(__file__).with_name("own_names.json")


@lru_cache(maxsize=1)
def own_names() -> dict[str, str]:
    """The own names by code (``pt-BR``: ``português (Brasil)``); do not change the answer."""
    names: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return names


def names_in_cldr() -> dict[str, str]:
    """The same as Babel says them; those without a name in their own language are left out."""
    names = {}
    for identifier in sorted(localedata.locale_identifiers()):
        locale = Locale.parse(identifier)
        if not locale.variant and (name := locale.languages.get(identifier) or locale.get_display_name()):
            names[identifier.replace("_", "-")] = name
        localedata._cache.clear()  # or all of them would stay in memory
    return names


if __name__ == "__main__":
    FILE.write_text(json.dumps(names_in_cldr(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
