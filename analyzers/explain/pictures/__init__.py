"""The pictures: each is drawn as SVG and, for terminals, as text. One file for each kind."""
