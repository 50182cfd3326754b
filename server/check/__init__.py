"""Checking many files, for `shapewise check`."""
