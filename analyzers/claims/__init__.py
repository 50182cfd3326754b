"""What a program says about its own shapes: annotations, comments, docstrings, asserts.

Reading only, from text and syntax: nothing here knows what a value is. What is
certainly no claim about a shape is none; `interpreter/claimed.py` uses the rest.
"""
