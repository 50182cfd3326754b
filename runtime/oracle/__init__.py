"""The oracle: a child process in the learner's interpreter that asks torch.

`wire` and `dims` are shared with the parent and import nothing but the
standard library; the rest runs only in the child.
"""
