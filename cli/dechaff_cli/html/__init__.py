"""The report's page: what is told of each file (`changes`), what all of them come to (`page`), and how it looks (`rendering`)."""

PAGE = "index.html"
