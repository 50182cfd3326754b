"""The process that runs the learner's program and says what its tensors were.

Everything here runs in the learner's interpreter: Python 3.9 or later, the
standard library, and torch and NumPy if the program imports them.

| module | part |
|---|---|
| `guard`, `guard_windows`, `processes` | a process around the program: limits, no remains |
| `boot`, `program` | start the program as `python FILE` would |
| `importer`, `rewrite`, `places` | the learner's source, rewritten so that expressions report |
| `record`, `signature`, `channel` | what reports, and how it travels |
| `loops` | runs that are cut short |
| `weights` | files that a shortened run saves |
| `stand_ins` | no plots, no questions, no progress bars |
| `failures` | exceptions, with the learner's lines only |
| `notebook` | the code cells of a notebook |
"""
