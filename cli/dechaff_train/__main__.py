"""The same as the command dechaff-train."""

from dechaff_train.app import main

main()
