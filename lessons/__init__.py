"""Lesson packs."""
