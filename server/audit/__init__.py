"""`shapewise audit`: what the analysis says of a program, held against a run of it."""
