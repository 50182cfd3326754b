"""The subcommands of `shapewise`: each module registers one."""
