"""So that `python -m dechaff_cli` is the command."""

from dechaff_cli.app import main

main()
