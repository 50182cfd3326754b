"""What the analysis itself knows of libraries: one small file a library or topic."""
