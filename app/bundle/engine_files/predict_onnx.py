"""What the model finds in a picture: python predict.py picture.jpg. README.md says what it needs."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

here = Path(__file__).parent
meta = json.loads((here / "model.json").read_text(encoding="utf-8"))
picture = cv2.cvtColor(cv2.imread(sys.argv[1]), cv2.COLOR_BGR2RGB)  # upright: imread minds the EXIF orientation

# The longer side becomes image_size: averaged where the picture shrinks, blended where it grows.
height, width = picture.shape[:2]
scale = meta["image_size"] / max(width, height)
size = max(1, round(width * scale)), max(1, round(height * scale))
resized = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
pixels = resized.transpose(2, 0, 1).astype(np.float32) / np.float32(255)

detector = onnxruntime.InferenceSession(str(here / "detector.onnx"))
boxes, scores, labels, *features = detector.run(None, {"image": pixels})

# Label 0 is the background. A threshold may be the very score of an object, and engines differ in the sixth digit.
thresholds = np.array([np.inf, *(meta["score_thresholds"][name] for name in meta["class_names"])])
kept = scores + 1e-4 >= thresholds[labels]
boxes, scores, labels = boxes[kept], scores[kept], labels[kept]

mask_head = onnxruntime.InferenceSession(str(here / "mask_head.onnx"))
levels = {f"feature_{level}": values for level, values in enumerate(features)}
(masks,) = mask_head.run(None, {**levels, "boxes": boxes, "labels": labels})

to_picture = np.tile([width / size[0], height / size[1]], 2)
for (x0, y0, x1, y1), score, label, mask in zip(boxes * to_picture, scores, labels, masks):
    # A pixel's centre lies at this place among the mask's cells, around which are zeros.
    across, down = mask.shape[1] / (x1 - x0), mask.shape[0] / (y1 - y0)
    place = np.array([[across, 0, (0.5 - x0) * across - 0.5], [0, down, (0.5 - y0) * down - 0.5]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    in_picture = cv2.warpAffine(mask, place, (width, height), flags=how) > 0.5
    if in_picture.any():
        found = {"label": meta["class_names"][label - 1], "score": round(float(score) * 100, 1)}
        box = [round(float(side)) for side in (x0, y0, x1, y1)]
        print(json.dumps({**found, "box": box, "mask_pixels": int(in_picture.sum())}))
