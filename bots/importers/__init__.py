"""Files of operators as records. `import_file` is the door; importers import no models."""

from .base import ImportedRecord, ImportRejected, ImportResult, Skipped
from .files import import_file

__all__ = ["ImportRejected", "ImportResult", "ImportedRecord", "Skipped", "import_file"]
