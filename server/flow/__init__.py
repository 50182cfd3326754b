"""Drawing the flow of shapes: as a picture, and as lines of text."""
