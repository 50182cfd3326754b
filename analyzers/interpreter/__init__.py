"""The abstract interpreter: runs a program's syntax on abstract values."""
