"""The concepts, one subject a file: a scene that draws the numbers, wordings in two languages, and tasks."""
