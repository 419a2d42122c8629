"""The learned part: what the lines of a page look like in numbers, the trees that score them, and where to cut a page."""

FEWEST = 10
"""Written lines of a page below which nothing goes by its score: there is no layout to see."""
