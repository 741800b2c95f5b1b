"""Archives that know no time, so that the same files make the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

# A zip knows no time before this, and ours shall know no other.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_archive(entries: Iterable[tuple[str, bytes]], path: Path) -> Path:
    """Write files, each with its name, in the order given; returns where."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return path
