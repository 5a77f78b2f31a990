"""What people do about the errors that a model shows."""
