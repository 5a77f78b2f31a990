"""Which images are for validation."""
