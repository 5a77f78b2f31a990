"""What a model predicted on images of a project, for people to accept or reject as labels."""
