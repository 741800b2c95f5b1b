"""What pure work came to, kept from one build to the next so that it need not be done again.

A memo is a pickle in the build folder, which we alone write and which may be deleted at any time.
It is never taken from anywhere else.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_DIGEST = hashlib.sha256


class Memo:
    """Values by a print of what they were made from; those that nobody asks for are dropped.

    `made_by` is a print of the code that makes the values: a memo of other code is empty, and so is
    one whose file is missing or damaged.
    """

    def __init__(self, path: Path, made_by: str) -> None:
        self._path = path
        self._made_by = made_by
        self._before: Mapping[str, Any] = _load(path, made_by)
        self._now: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """The value for a print; None if there is none."""
        value = self._now.get(key, self._before.get(key))
        if value is not None:
            self._now[key] = value
        return value

    def put(self, key: str, value: object) -> None:
        """Keep a value for a print, in place of the one before."""
        self._now[key] = value

    def save(self) -> None:
        """Write what was asked for or put since the memo was opened, in one step."""
        if self._now.keys() == self._before.keys() and all(
            value is self._before[key] for key, value in self._now.items()
        ):
            return
        data = pickle.dumps((self._made_by, self._now), pickle.HIGHEST_PROTOCOL)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # A temporary file is for its owner's eyes alone, and stays so.
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f"{self._path.name}-")
        with os.fdopen(handle, "wb") as file:
            file.write(_DIGEST(data).digest() + data)
        Path(name).replace(self._path)
        self._before = dict(self._now)


def _load(path: Path, made_by: str) -> Mapping[str, Any]:
    """What a file holds, if it is whole and was written by this very code."""
    try:
        found = path.read_bytes()
    except OSError:
        return {}
    size = _DIGEST().digest_size
    digest, data = found[:size], memoryview(found)[size:]
    if _DIGEST(data).digest() != digest:
        return {}
    try:
        its, values = pickle.loads(data)  # noqa: S301 - whole, and written by `save` alone
    except Exception:  # noqa: BLE001 - classes that other code had are as good as no memo
        return {}
    return values if its == made_by and isinstance(values, dict) else {}
