"""Explanations of problems, with the learner's own names and numbers.

`model` holds the numbers, which a rule notes down with its problem; `page` says
them in sentences and tables; `pictures` draws them, as SVG and as text. Nothing
here knows of editors or terminals.
"""
