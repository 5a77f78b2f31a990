"""Predictions on many images: asked for in one request, made by a worker, kept for a while."""
