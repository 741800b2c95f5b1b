"""Exceptions of the package; each says who its message is for."""

from __future__ import annotations


class SearchIndexError(Exception):
    """Root of the package's exceptions; never raised itself."""


class ContentError(SearchIndexError):
    """The content cannot be built; the message is for the editor who wrote it."""


class QueryError(SearchIndexError):
    """The reader's query cannot be answered; the message is fit to show them."""


class IndexMissingError(SearchIndexError):
    """There is no index to search yet; the message tells the administrator what to run."""


class BuildBusyError(SearchIndexError):
    """Another build holds the index; the message is for whoever started the second one."""
