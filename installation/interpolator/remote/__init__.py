"""The net on another machine, which speaks the Open Inference Protocol."""
