"""The second pure core: images in, predictions out, with NumPy, OpenCV, Pillow and one ONNX runtime."""
