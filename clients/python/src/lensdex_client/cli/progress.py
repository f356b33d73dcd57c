"""The progress bar of long commands. Knows no command."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from lensdex_client.cli.output import Output


class _Rate(ProgressColumn):
    """Items a second, over the last stretch."""

    def render(self, task: Task) -> Text:
        """Return the rate, or a dash before there is one."""
        return Text(f"{task.speed:,.1f} items/s" if task.speed else "- items/s")


def progress_bar(output: Output) -> Progress:
    """Return a bar on stderr: how many items are done, how fast, and how long it will take."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
        console=output.errors,
    )
