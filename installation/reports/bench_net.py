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
from installation.interpolator.sessions import choose_provider, gpu_is_there
from installation.settings import HOUSE, Settings
from installation.vocabulary import UglyError


def measure_net(settings: Settings, provider: str | None = None) -> dict[str, Any]:
    """What `python -m models.training.speed` measures, with the model of the settings; of
    `provider` (cpu, cuda, tensorrt) what `models.training.providers` does.

    Raises:
        UglyError: if there is no card for the provider or this ONNX Runtime hasn't it, PyTorch or
            the checkout's training code isn't there, or it fails.
    """
    if any(importlib.util.find_spec(name) is None for name in ("torch", "onnx")):
        raise UglyError(f"the yardsticks need PyTorch: {extra_hint('training')}")
    if not (HOUSE / "models" / "training" / "speed.py").exists():
        raise UglyError(f"{HOUSE}: models/training is not there; run this in a checkout")
    module = "models.training.speed"
    if provider:
        if provider != "cpu" and not gpu_is_there():
            raise UglyError(f"{provider}: no NVIDIA card here; `--provider cpu` is the dry run")
        choose_provider(provider)
        module = "models.training.providers"
    command = [
        *(sys.executable, "-m", module, str(settings.model.path.resolve())),
        *("--threads", str(settings.model.threads), "--json"),
        *(("--provider", provider) if provider else ()),
    ]
    child = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    if child.returncode:
        last = child.stderr.strip().rpartition("\n")[2] or f"status {child.returncode}"
        raise UglyError(f"{module} stopped: {last}")
    found: dict[str, Any] = json.loads(child.stdout)
    return found
