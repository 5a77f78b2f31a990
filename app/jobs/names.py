"""The names that servers and workers must spell alike."""

TRAINING_QUEUE = "training"
TRAIN = "training.train"  # carries a model's id
BATCH_QUEUE = "batches"  # of its own: a training that runs for hours holds no batch up
PREDICT_BATCH = "batches.predict"  # carries a batch's id
