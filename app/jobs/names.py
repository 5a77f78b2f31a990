"""The names that servers and workers must spell alike."""

TRAINING_QUEUE = "training"
TRAIN = "training.train"  # carries a model's id
