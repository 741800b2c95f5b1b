"""Sheets as PDF, by a Chromium if the machine has one; no other engine is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "microsoft-edge",
)
_ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--no-pdf-header-footer",
)

# Chromium refuses to start as root with its sandbox, and prints nothing but our own sheets here.
_AS_ROOT = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def browser() -> str | None:
    """Where a Chromium is, or None."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def print_sheets(program: str, pages: list[Path]) -> list[Path]:
    """Write a PDF beside each HTML file, and say which could be written."""
    with ThreadPoolExecutor(2) as pool:
        done = pool.map(lambda page: _print(program, page), pages)
        return [page.with_suffix(".pdf") for page, well in zip(pages, done, strict=True) if well]


def _print(program: str, page: Path) -> bool:
    target = page.with_suffix(".pdf").absolute()
    with TemporaryDirectory() as profile:
        command = [
            program,
            *_ARGUMENTS,
            *_AS_ROOT,
            f"--user-data-dir={profile}",
            f"--print-to-pdf={target}",
        ]
        try:
            subprocess.run(  # noqa: S603 - a browser that was found, on a file that we wrote
                [*command, page.absolute().as_uri()], check=True, capture_output=True, timeout=60
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return target.is_file()
