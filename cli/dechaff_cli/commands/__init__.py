"""The larger subcommands, each in a room of its own."""
