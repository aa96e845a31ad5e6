"""The seven colors that follow from one accent, for browsers without relative colors.

The formulas are those of the front end's ``tokens.css``; colors outside sRGB are clipped, as browsers do.
"""

from math import atan2, cos, hypot, sin

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

# CSS Color 4: linear sRGB to XYZ (D65), and OKLab by its author's matrices.
TO_XYZ: Matrix = (
    (0.4123908, 0.3575843, 0.1804808),
    (0.2126390, 0.7151687, 0.0721923),
    (0.0193308, 0.1191948, 0.9505322),
)
TO_LMS: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
FROM_LMS: Matrix = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
TO_LAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
FROM_LAB: Matrix = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)

WHITE: Triple = (1.0, 1.0, 1.0)
BLACK: Triple = (0.0, 0.0, 0.0)
NAMES = ("fill", "on-fill", "fill-hover", "fill-active", "ink", "tint", "tint-line")


def accent_colors(accent: str) -> dict[str, dict[str, str]]:
    """``{"light": {"fill": "#rrggbb", …}, "dark": {…}}`` of an accent ``#rrggbb``; the names are those of ``NAMES``."""
    color = parse_hex(accent)
    lightness, chroma, hue = _oklch(color)
    return {
        "light": _set(color, _darkened(color), ground=WHITE, tints=(0.08, 0.28)),
        "dark": _set(
            _from_oklch(max(lightness, 0.55), min(chroma, 0.19), hue),
            _from_oklch(max(lightness, 0.74), min(chroma, 0.13), hue),
            ground=parse_hex("#16181d"),
            tints=(0.14, 0.40),
        ),
    }


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two colors ``#rrggbb``, 1 to 21."""
    low, high = sorted(luminance(parse_hex(color)) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(color: Triple) -> float:
    """Relative luminance of a linear color, 0 to 1."""
    return _times(TO_XYZ, color)[1]


def parse_hex(text: str) -> Triple:
    """Linear red, green and blue, 0 to 1, of ``#rrggbb``."""
    red, green, blue = (_linear(int(text[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def _set(base: Triple, ink: Triple, ground: Triple, tints: tuple[float, float]) -> dict[str, str]:
    y = luminance(base)
    scale = 1.0 if y > 0.28 else min(1.0, 0.178 / max(y, 0.001))
    fill = _scaled(base, scale)
    on_fill, away = (WHITE, BLACK) if luminance(fill) < 0.179 else (BLACK, WHITE)
    tint, tint_line = (_mix(ink, ground, share) for share in tints)
    colors = (fill, on_fill, _mix(fill, away, 0.9), _mix(fill, away, 0.8), ink, tint, tint_line)
    return dict(zip(NAMES, map(_hex, colors), strict=True))


def _darkened(color: Triple) -> Triple:
    return _scaled(color, min(1.0, 0.145 / max(luminance(color), 0.001)))


def _scaled(color: Triple, factor: float) -> Triple:
    return color[0] * factor, color[1] * factor, color[2] * factor


def _mix(color: Triple, other: Triple, share: float) -> Triple:
    pairs = zip(_oklab(color), _oklab(other), strict=True)
    light, a, b = (one * share + two * (1 - share) for one, two in pairs)
    return _from_oklab((light, a, b))


def _times(matrix: Matrix, vector: Triple) -> Triple:
    x, y, z = (sum(factor * value for factor, value in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def _oklab(color: Triple) -> Triple:
    long, medium, short = (value ** (1 / 3) if value > 0 else 0.0 for value in _times(TO_LMS, color))
    return _times(TO_LAB, (long, medium, short))


def _from_oklab(lab: Triple) -> Triple:
    long, medium, short = (value**3 for value in _times(FROM_LAB, lab))
    return _times(FROM_LMS, (long, medium, short))


def _oklch(color: Triple) -> Triple:
    lightness, a, b = _oklab(color)
    return lightness, hypot(a, b), atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Triple:
    return _clipped(_from_oklab((lightness, chroma * cos(hue), chroma * sin(hue))))


def _clipped(color: Triple) -> Triple:
    red, green, blue = (min(1.0, max(0.0, value)) for value in color)
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _hex(color: Triple) -> str:
    encoded = (
        12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
        for value in _clipped(color)
    )
    return "#" + "".join(f"{round(value * 255):02x}" for value in encoded)
