"""Text that was decoded wrongly before it came to us: one room for each way to find out how."""
