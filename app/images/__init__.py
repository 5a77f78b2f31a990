"""Uploaded images: taking them in, listing them, showing them."""
