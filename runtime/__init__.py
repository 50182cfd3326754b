"""Everything that touches torch: the oracle, traced runs, devices.

Modules here that run in the learner's interpreter import only the standard
library, torch and (if present) NumPy, and keep to the syntax of Python 3.9.
"""
