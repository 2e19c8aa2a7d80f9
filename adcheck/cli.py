"""The command line: gathers the commands, and turns every failure into one sentence."""

from __future__ import annotations

import os
from typing import Any, Final

import click

from adcheck import __version__
from adcheck.commands.assignments import list_, show, start
from adcheck.commands.batch import batch, export, merge
from adcheck.commands.check import check, repro
from adcheck.commands.experiment import experiment
from adcheck.commands.gradescope import gradescope
from adcheck.commands.machine import doctor, version
from adcheck.commands.new import new
from adcheck.commands.translate import translate
from adcheck.commands.validate import validate
from adcheck.console import say
from adcheck.errors import AdcheckError
from adcheck.report.escape import escape_line

__all__ = ["cli"]

_FAULT: Final = 70
_STOPPED: Final = 130


class _Group(click.Group):
    """A group whose every failure is one sentence on stderr and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:  # which may tell of names: `adcheck check *`
            message = escape_line(error.format_message(), limit=1000)
            raise click.UsageError(message, error.ctx) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except AdcheckError as error:
            say(f"adcheck: error: {escape_line(str(error), limit=1000)}")
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            say("stopped")
            ctx.exit(_STOPPED)
        except Exception as error:
            _report_fault(error)
            ctx.exit(_FAULT)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="adcheck", message="%(prog)s %(version)s")
def cli() -> None:
    """Grade homework on automatic differentiation.

    adcheck runs the functions of a homework, and nothing else of the file, in a process of their
    own, compares what they return with a reference, and prints a table: points, what was wrong,
    and the smallest example that shows it.

    \b
    A first session:
      adcheck list                 which assignments there are
      adcheck start hvp            write an assignment's starter files
      adcheck check hw.ipynb       grade what you wrote

    \b
    Exit codes:
      0    every point that a machine grades was earned
      1    graded, and points were lost
      2    wrong usage: no such file, unknown assignment or option
      70   adcheck itself failed; no points are lost by that

    \b
    Completion of commands and options by the Tab key; zsh and fish likewise:
      echo 'eval "$(_ADCHECK_COMPLETE=bash_source adcheck)"' >> ~/.bashrc
    """


for _command in (
    *(check, repro, batch, merge, export, list_, show, start),
    *(new, validate, translate, experiment, gradescope, doctor, version),
):
    cli.add_command(_command)


def _report_fault(error: Exception) -> None:
    if os.environ.get("ADCHECK_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    what = escape_line(f"{type(error).__name__}: {error}".rstrip(": "), limit=300)
    say(
        f"adcheck failed: {what}. This is our fault, no points are lost; "
        "run with ADCHECK_DEBUG=1 for the traceback"
    )
