"""Training of the two U-Nets: data, nets, losses, evaluation, export.

Nothing here is imported by `installation/`; what leaves this room is an ONNX pair and
its manifest. Install with `pip install -e .[training]`.
"""
