"""The command `dechaff`."""
