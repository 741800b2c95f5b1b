"""What can be set from outside, read once into one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PREFIX = "KB_"
SEARCH_IN_BUILD = "whoosh:"


class SettingsError(Exception):
    """A setting is unknown or cannot be; the message is for the administrator.

    Its text is English; `message` and `values` are there to say it in another language.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values))
        self.message = message
        self.values = values


def _number_in(allowed: range) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text[:9]) in allowed):
            raise SettingsError(
                "{name}={text}: want a number from {least} to {most}",
                name=name,
                text=text,
                least=allowed[0],
                most=allowed[-1],
            )
        return int(text)

    return read


def _yes_or_no(name: str, text: str) -> bool:
    known = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
    if text.lower() not in known:
        raise SettingsError("{name}={text}: want yes or no", name=name, text=text)
    return known[text.lower()]


def _address(name: str, text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise SettingsError(
            "{name}={text}: want an address that begins with http:// or https://",
            name=name,
            text=text,
        )
    return text.rstrip("/")


def _search_url(name: str, text: str) -> str:
    if text != SEARCH_IN_BUILD:
        raise SettingsError(
            "{name}={text}: want `whoosh:`, the index inside the build folder",
            name=name,
            text=text,
        )
    return text


def _folder(_: str, text: str) -> Path:
    return Path(text)


def _text(_: str, text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, each from the environment variable ``KB_`` plus its name in capitals."""

    host: str = "127.0.0.1"
    port: int = 8000
    content_dir: Path = Path("content")
    build_dir: Path = Path("build")
    data_dir: Path = Path("var")
    search_url: str = SEARCH_IN_BUILD
    database_url: str | None = None
    secret_key: str | None = None
    site_url: str | None = None
    threads: int = 8
    log_requests: bool = True
    writes_per_hour: int = 1000
    wrong_codes_per_hour: int = 20
    second_look: bool = True

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings; an empty variable counts as left out.

        >>> Settings.from_env({"KB_PORT": "8080", "HOME": "/"}).port
        8080
        >>> Settings.from_env({"KB_PROT": "8080"})
        Traceback (most recent call last):
            ...
        kb_app.settings.SettingsError: unknown settings: KB_PROT
        """
        known = {PREFIX + each.name.upper(): each.name for each in fields(cls)}
        unknown = sorted(n for n in environ if n.startswith(PREFIX) and n not in known)
        if unknown:
            raise SettingsError("unknown settings: {names}", names=", ".join(unknown))
        given = {name: field for name, field in known.items() if environ.get(name)}
        return cls(
            **{field: _READ.get(field, _text)(name, environ[name]) for name, field in given.items()}
        )

    @property
    def served_at(self) -> str:
        """The address on this machine.

        >>> Settings(port=8080).served_at, Settings(host="::").served_at
        ('http://127.0.0.1:8080', 'http://[::1]:8000')
        """
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def address(self) -> str:
        """Where people reach the service: `site_url`, else the address on this machine.

        >>> Settings(site_url="https://kb.example").address
        'https://kb.example'
        """
        return self.site_url or self.served_at


_READ: Mapping[str, Callable[[str, str], Any]] = {
    "port": _number_in(range(1, 65536)),
    "content_dir": _folder,
    "build_dir": _folder,
    "data_dir": _folder,
    "search_url": _search_url,
    "site_url": _address,
    "threads": _number_in(range(1, 257)),
    "log_requests": _yes_or_no,
    "writes_per_hour": _number_in(range(1, 1_000_001)),
    "wrong_codes_per_hour": _number_in(range(1, 1_000_001)),
    "second_look": _yes_or_no,
}
