"""The forms a result is shown in: one small file each."""
