"""Must never be imported: packs are data."""

raise RuntimeError("sample_course was imported")
