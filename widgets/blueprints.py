"""A blueprint's widgets, when it is copied or deleted as a whole (``bots.blueprints`` calls these)."""

from bots.copies import Copier
from bots.models import Blueprint
from widgets.services import create_widget, delete_widget, update_widget
from widgets.setup import copy_languages


def clone_widgets_of_blueprint(blueprint: Blueprint, copy: Blueprint, copier: Copier) -> None:
    """Copies of its widgets, which belong to its copy, with their pictures and languages."""
    for widget in blueprint.widgetintegrations.order_by("pk"):
        made = create_widget(copy.owner, **copier.fields(widget))
        copier.resources[str(widget.pk)] = str(made.pk)
        for link in widget.attached_files.select_related("file"):
            if file_id := copier.reference(link.file):
                made.attached_files.create(file_id=file_id, type=link.type)
        copy_languages(widget, made)


def empty_blueprint(blueprint: Blueprint, everything: bool) -> None:
    """Before a blueprint goes: its widgets keep what they had from it, or go too."""
    for widget in blueprint.widgetintegrations.all():
        if everything:
            delete_widget(widget)
        else:
            update_widget(widget, blueprint=None)
