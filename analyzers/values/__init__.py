"""Abstract values: what the interpreter computes with instead of real objects."""
