"""Lesson packs: folders of data, what reads them, and what proves their claims.

`load.py` reads a pack, `discover.py` finds packs, `claims.py` proves what a pack
says, `exercise.py` checks a learner's work, `site.py` renders a pack. Loading runs
no code of a pack.
"""
