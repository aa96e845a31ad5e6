"""A page's form as a browser sends it."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode


def form_of(answer: Any, selector: str = "#content-main form") -> dict[str, str]:
    """What goes out when nothing is changed, by name; buttons are left out."""
    form = LexborHTMLParser(answer.content.decode()).css_first(selector)
    sent: dict[str, str] = {}
    for control in form.css("input[name], textarea[name], select[name]"):
        value = _value(control)
        if value is not None:
            sent[control.attributes["name"] or ""] = value
    return sent


def _value(control: LexborNode) -> str | None:
    kind = control.attributes.get("type")
    if control.tag == "select":
        chosen = control.css_first("option[selected]") or control.css_first("option")
        return (chosen.attributes.get("value") or "") if chosen else None
    if control.tag == "textarea":
        return "\r\n".join(control.text().removeprefix("\n").splitlines())
    if kind in ("checkbox", "radio"):
        marked = "checked" in control.attributes
        return (control.attributes.get("value") or "" if "value" in control.attributes else "on") if marked else None
    return None if kind in ("submit", "file") else control.attributes.get("value") or ""
