"""Measures the engine against other ways to run such a net, in a process of its own.

The yardsticks need PyTorch, which the installation never imports: `models.training.speed` has
them, in the checkout.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import Any

from installation.installed import extra_hint
from installation.settings import HOUSE, Settings
from installation.vocabulary import UglyError


def measure_net(settings: Settings) -> dict[str, Any]:
    """What `python -m models.training.speed` measures, with the model of the settings.

    Raises:
        UglyError: if PyTorch or the checkout's training code isn't there, or it fails.
    """
    if any(importlib.util.find_spec(name) is None for name in ("torch", "onnx")):
        raise UglyError(f"the yardsticks need PyTorch: {extra_hint('training')}")
    if not (HOUSE / "models" / "training" / "speed.py").exists():
        raise UglyError(f"{HOUSE}: models/training is not there; run this in a checkout")
    command = [
        *(sys.executable, "-m", "models.training.speed", str(settings.model.path.resolve())),
        *("--threads", str(settings.model.threads), "--json"),
    ]
    child = subprocess.run(command, cwd=HOUSE, stdout=subprocess.PIPE, text=True, check=False)
    if child.returncode:
        raise UglyError(f"models.training.speed stopped with status {child.returncode}")
    found: dict[str, Any] = json.loads(child.stdout)
    return found
