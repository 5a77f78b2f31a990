"""Files: uploaded images, thumbnails, snapshots and models, in a folder or in S3."""
