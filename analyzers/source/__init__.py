"""Reading: text in, chunks of syntax out. Never fails on broken text."""

from .document import Part, Source, SourceError, read_source

__all__ = ["Part", "Source", "SourceError", "read_source"]
