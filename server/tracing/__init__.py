"""Traced runs in the editor: starting them, and showing what they saw."""
