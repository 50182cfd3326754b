"""What users talk to: the language server and the `shapewise` command."""
