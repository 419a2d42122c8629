"""dechaff as a step of other people's pipelines, one small module for each library; each needs the extra of its name."""
