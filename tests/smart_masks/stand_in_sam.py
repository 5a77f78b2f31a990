"""Two small ONNX graphs with Segment Anything's inputs and outputs, whose answers can be reckoned by hand.

The mask is the square of 21 pixels of the scaled image around the first point, the score the mean of the points' labels
over 4. The encoder passes on what the decoder adds and takes away again, so it has to fit.
"""

from pathlib import Path

import onnx
import onnx.parser

from app.smart_masks.engines.segment_anything import DECODER_FILE, ENCODER_FILE

SIDE = 64  # of the encoder's input
REACH = 10.5  # of the square, in pixels of the scaled image

_HEADER = '<ir_version: 8, opset_import: ["" : 17]>'
_ENCODER = (
    _HEADER
    + f"""
encoder (float[1,3,{SIDE},{SIDE}] image) => (float[1,3,4,4] embeddings) {{
    embeddings = AveragePool <kernel_shape = [16, 16], strides = [16, 16]> (image)
}}
"""
)
_DECODER = (
    _HEADER
    + f"""
decoder (
    float[1,3,4,4] image_embeddings, float[1,n,2] point_coords, float[1,n] point_labels,
    float[1,1,256,256] mask_input, float[1] has_mask_input, float[2] orig_im_size
) => (float[1,1,h,w] masks, float[1,1] iou_predictions, float[1,1,256,256] low_res_masks) {{
    zero = Constant <value = float {{0}}> ()
    one = Constant <value = float {{1}}> ()
    four = Constant <value = float {{4}}> ()
    reach = Constant <value = float {{{REACH}}}> ()
    half = Constant <value = float {{0.5}}> ()
    i0 = Constant <value = int64 {{0}}> ()
    i1 = Constant <value = int64 {{1}}> ()
    first = Gather <axis = 1> (point_coords, i0)
    x = Gather <axis = 1> (first, i0)
    y = Gather <axis = 1> (first, i1)
    height = Gather <axis = 0> (orig_im_size, i0)
    width = Gather <axis = 0> (orig_im_size, i1)
    columns = Range (zero, width, one)
    rows = Range (zero, height, one)
    middles_x = Add (columns, half)
    middles_y = Add (rows, half)
    from_x = Sub (middles_x, x)
    from_y = Sub (middles_y, y)
    away_x = Abs (from_x)
    away_y = Abs (from_y)
    near_x = Sub (reach, away_x)
    near_y = Sub (reach, away_y)
    row_shape = Constant <value = int64[2] {{-1, 1}}> ()
    near_rows = Reshape (near_y, row_shape)
    logits = Min (near_x, near_rows)
    mean = ReduceMean <keepdims = 0> (image_embeddings)
    nothing = Sub (mean, mean)
    answer = Add (logits, nothing)
    ends = Constant <value = int64[2] {{0, 1}}> ()
    masks = Unsqueeze (answer, ends)
    meaning = ReduceMean <axes = [1], keepdims = 1> (point_labels)
    iou_predictions = Div (meaning, four)
    low_res_masks = Identity (mask_input)
}}
"""
)


def write_stand_in(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in ((ENCODER_FILE, _ENCODER), (DECODER_FILE, _DECODER)):
        model = onnx.parser.parse_model(text)
        onnx.checker.check_model(model)
        onnx.save(model, directory / name)
