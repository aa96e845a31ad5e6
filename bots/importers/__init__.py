"""Files of operators as records. `import_file` is the door; importers import no models."""

from .base import ImportedRecord, ImportRejected, ImportResult, Skipped
from .files import EXTENSIONS, import_file, max_bytes

__all__ = [
    "EXTENSIONS",
    "ImportRejected",
    "ImportResult",
    "ImportedRecord",
    "Skipped",
    "import_file",
    "max_bytes",
]
