"""Who logs in somewhere: a user, and a file that holds the password and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from installation.vocabulary import UglyError


class Login(NamedTuple):
    """Who logs in, and the file whose first line is the password; "" for nobody."""

    user: str = ""
    file: Path | None = None

    def password(self) -> str:
        """What is in the file now; "" if there is none.

        Raises:
            UglyError: if it cannot be read.
        """
        if self.file is None:
            return ""
        try:
            return self.file.read_text(encoding="utf-8-sig").partition("\n")[0].strip()
        except FileNotFoundError:  # and not its name, which may be the password itself
            raise UglyError(
                "the password cannot be read: there is no such file in "
                f"{self.file.parent}; set the path of a file that holds it, not the password"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UglyError(f"{self.file}: the password cannot be read ({error})") from None


NOBODY = Login()
