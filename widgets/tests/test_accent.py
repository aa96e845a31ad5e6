"""One accent in, a readable set out."""

from itertools import product

from widgets.accent import NAMES, accent_colors, contrast

GROUNDS = {"light": ("#ffffff", "#f4f6f9"), "dark": ("#16181d", "#1f2229", "#23272f")}
TEXT_CONTRAST = 4.5


def test_the_default_accent_gives_the_values_of_the_style_sheet() -> None:
    assert accent_colors("#2f4ea6") == {
        "light": dict(
            zip(
                NAMES,
                ["#2f4ea6", "#ffffff", "#274390", "#20387a", "#2f4ea6", "#edf1f9", "#c0cde8"],
                strict=True,
            )
        ),
        "dark": dict(
            zip(
                NAMES,
                ["#496bc6", "#ffffff", "#3e5cac", "#344e93", "#84a8fd", "#242937", "#3f4d6e"],
                strict=True,
            )
        ),
    }


def test_every_accent_is_readable_in_both_themes() -> None:
    accents = [
        f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(range(0, 256, 51), repeat=3)
    ]
    for accent in [*accents, "#ffd400", "#111111", "#7dd3fc", "#767676", "#c2410c"]:
        for theme, colors in accent_colors(accent).items():
            for fill in ("fill", "fill-hover", "fill-active"):
                assert contrast(colors[fill], colors["on-fill"]) >= TEXT_CONTRAST, (accent, theme, fill)
            for ground in (*GROUNDS[theme], colors["tint"]):
                assert contrast(colors["ink"], ground) >= TEXT_CONTRAST, (accent, theme, ground)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast("#000000", "#ffffff"), 3) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
