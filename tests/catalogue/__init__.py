"""The catalogue of errors as programs: each row is reported, at the right line."""
