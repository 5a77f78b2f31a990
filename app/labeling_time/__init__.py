"""How long people work on images."""
