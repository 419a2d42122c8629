"""Text in another language than its page: which lines, which blocks, and what of it is content all the same."""
