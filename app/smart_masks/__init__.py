"""Smart labeling: masks of boxes and strokes."""
