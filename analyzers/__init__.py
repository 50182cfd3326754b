"""Static inference of shapes, dtypes and devices: text in, facts and problems out.

A library that knows nothing of editors, of the protocol or of processes. It
never raises on any text, and it asks an `Oracle` about operators.
"""
