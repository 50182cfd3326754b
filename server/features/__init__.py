"""One thin module per LSP feature."""
