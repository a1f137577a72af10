"""The command line: `uglynet [--config FILE] VERB ...`.

What an operator can mend comes as one line on stderr and exit status 1; a wrong command line
is 2. Asked to stop (Ctrl-C, SIGTERM, SIGHUP), what runs until it is stopped (`run`, `panel
monitor`, `record`, `replay` and `simulate`) ends well, with 0; a `soak` ends with what it found by
then; the other verbs leave nothing half done behind, and end with 130, 143 or 129.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

from installation import __version__
from installation.commands.lazy_group import LazyGroup, Verb
from installation.files import remove_unfinished
from installation.supervision import leave_if_stuck, stragglers
from installation.vocabulary import UglyError

VERBS = {
    "alerts": Verb("alerts"),
    "atlas": Verb("atlas"),
    "bench": Verb("bench"),
    "carve": Verb("carve"),
    "check": Verb("check"),
    "curves": Verb("atlas", "curves"),
    "doctor": Verb("doctor"),
    "door": Verb("door"),
    "fleet": Verb("fleet"),
    "gallery": Verb("gallery", adds=("backup", "web_gallery")),
    "match": Verb("match_test", "match"),
    "net": Verb("net", adds=("card", "kin")),
    "noise": Verb("noise"),
    "notice": Verb("notice"),
    "out-of-service": Verb("out_of_service"),
    "panel": Verb("panel"),
    "play-page": Verb("play_page"),
    "popup": Verb("popup"),
    "render": Verb("render"),
    "run": Verb("run"),
    "setup": Verb("setup"),
    "soak": Verb("soak", "soak_command"),
    "source": Verb("source"),
    "tour": Verb("tour", "tour_command"),
    "update": Verb("update"),
}
"""Every verb there is, and where it is. Only the one that is asked for is imported."""


@click.group(
    cls=LazyGroup,
    verbs=VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="uglynet")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="A settings file; see kiosk_config/uglynet.toml for every setting.",
)
@click.option("--verbose", is_flag=True, help="Tell what the threads do, on stderr.")
@click.pass_context
def uglynet(context: click.Context, config: Path | None, verbose: bool) -> None:
    """UGly-Net: carve a slow-motion network with your hands."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(threadName)s %(levelname)s %(message)s",
        force=True,  # libraries set it up too, as they are imported (python-escpos does)
    )
    from installation.commands.context import Context  # takes long: not before it is needed

    context.obj = Context(config)


def main() -> None:
    """Run the command line and exit; at once, if a native call does not come back."""
    status: int | str | None = 1  # of an error that nobody foresaw
    try:
        _command_line()
        status = 0
    except SystemExit as end:
        status = end.code
        raise
    except Exception:
        if stragglers():
            logging.exception("an error that nobody foresaw")
        raise
    finally:
        leave_if_stuck(status if isinstance(status, int) else int(status is not None))


def _command_line() -> None:
    try:
        with _stopped_by_signals():
            uglynet(standalone_mode=False)
    except UglyError as error:
        _fail(str(error), 1)
    except click.exceptions.Abort as abort:
        why = abort.__cause__
        _fail("stopped", 128 + (why.number if isinstance(why, _Stopped) else signal.SIGINT))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output went away
        sys.stderr.close()
        sys.exit(141)
    except MemoryError:
        _fail("not enough memory; try a smaller --size", 1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}", 1)


class _Stopped(KeyboardInterrupt):
    """A signal has asked for the end: like Ctrl-C, so that every block is left as it should be."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end what is at work, once: those that follow find it putting
    things away. One that is ignored (`nohup`) stays so. What was begun and not finished goes."""

    def stop(number: int, _: FrameType | None) -> None:
        for each in kept:
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped(number)

    kept = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            kept[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        remove_unfinished()
        for number, handler in kept.items():
            signal.signal(number, handler)


def _fail(line: str, status: int) -> None:
    click.echo(f"uglynet: {' '.join(line.splitlines())}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
