"""The server of an offline bundle: these files go into the zip, beside the parts of the application that they use."""
