"""The learned part: what the lines of a page look like in numbers, the trees that score them, and where to cut a page."""

from typing import Literal, get_args

Removal = Literal["careful", "balanced", "thorough"]
"""How much may go by the score of the model. **careful**: only lines it is nearly sure of; **balanced**: what is more likely chrome by far;
**thorough**: what leaves each page best, weighing a word of content lost like a word of chrome left."""

DEGREES: tuple[Removal, ...] = get_args(Removal)

FEWEST = 10
"""Written lines of a page below which nothing goes by its score: there is no layout to see."""
