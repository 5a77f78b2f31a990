"""Masks, polygons and their comparison: pure functions over NumPy, pycocotools and OpenCV."""
