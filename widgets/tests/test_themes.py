"""Themes as a name, as name/key=value and as JSON."""

import json

import pytest

from widgets.themes import CSS_BYTES, DEFAULT_ACCENT, NAMES, Theme, parse_theme


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_theme(name: str) -> None:
    assert parse_theme(name) == Theme(name)


def test_nothing_is_the_default_theme() -> None:
    assert parse_theme("  ") == Theme("default")
    assert parse_theme("").accent == DEFAULT_ACCENT


def test_settings_follow_the_name() -> None:
    theme = parse_theme("dark/accent=#C41/radius=calc(1px + 2%2F3 * 1px)/font=Georgia, serif")
    assert theme.name == "dark"
    assert theme.config == {"accent": "#C41", "radius": "calc(1px + 2/3 * 1px)", "font": "Georgia, serif"}
    assert theme.accent == "#cc4411"


def test_json_has_name_config_and_css() -> None:
    theme = parse_theme(
        '{"name": "auto", "config": {"accent": "#c2410c", "gap": 8}, "css": ".x { color: red }"}'
    )
    assert theme == Theme("auto", {"accent": "#c2410c", "gap": "8"}, ".x { color: red }")
    assert parse_theme("{}") == Theme()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("neon", "neon"),
        ("Dark", "Dark"),
        ("default/accent", "accent"),
        ("default/accent=red", "accent"),
        ("default/accent=#12345", "accent"),
        ("default/accent=#11223344", "accent"),
        ("default/Radius=1px", "Radius"),
        ("default/--x=1", "--x"),
        ("default/bg=url(https:%2F%2Fevil.example)", "bg"),
        ("default/bg=URL (x)", "bg"),
        ("default/bg=image-set('x')", "bg"),
        ("default/bg=red;color:blue", "bg"),
        ("default/bg=}x{", "bg"),
        ("default/bg=\\75rl(x)", "bg"),
        ("default/bg=<b>", "bg"),
        ("default/bg=a%2F*b", "bg"),
        ("default/bg=" + "x" * 201, "bg"),
        ('{"name": "default"', "JSON"),
        ('{"names": "default"}', "names"),
        ('{"name": 1}', "name"),
        ('{"config": []}', "config"),
        ('{"config": {"open": true}}', "open"),
        ('{"config": {"gap": null}}', "gap"),
        ('{"config": {"gap": {}}}', "gap"),
        (json.dumps({"css": "x" * (CSS_BYTES + 1)}), "css"),
        (json.dumps({"config": {f"k{n}": "1" for n in range(65)}}), "64"),
        ('{"config":' * 5000, "JSON"),
    ],
)
def test_a_broken_theme_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        parse_theme(text)
