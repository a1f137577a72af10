"""What pyproject.toml can't say: the wheel also holds the trained models and the panel layouts,
which in a checkout lie beside the package, at installation/house/."""

from setuptools import find_packages, setup

HOUSE = (
    "models/small",
    "models/dreams/books",
    "models/dreams/clouds",
    "models/dreams/enhance",
    "models/dreams/landscapes",
    "kiosk_config",
    "kiosk_config/mosquitto",
    "kiosk_config/panels",
)
FOLDERS = {"installation.house." + folder.replace("/", "."): folder for folder in HOUSE}

setup(
    packages=[*find_packages(include=["installation*"]), *FOLDERS],
    package_dir={"": ".", **FOLDERS},
    package_data={
        "installation": [
            "py.typed",
            "show/words/*.toml",
            "show/fonts/*",
            "source/clips/*",
            "fleet_watch/words/*.toml",
            "fleet_watch/pages/*.html",
            "fleet_watch/static/*",
            "door/words/*.toml",
            "door/pages/*.html",
            "door/static/*",
            "door/static/made/*",
            "door/play/*",
            "door/play/made/*",
            "door/play/made/*/*",
        ],
        **{
            name: ["*.onnx", "*.npy", "*.json", "*.toml", "*.md", "*.conf", "*.acl"]
            for name in FOLDERS
        },
        "installation.house.kiosk_config": [
            *(
                "*.toml",
                "*.md",
                "*.service",
                "*.timer",
                "*.rules",
                "*.nft",
                "*.conf",
                "*.nmconnection",
            ),
            *("kiosk-session", "install"),
        ],
    },
)
