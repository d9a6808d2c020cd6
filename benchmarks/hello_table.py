"""The smallest Typer program that prints a Rich table of three rows."""

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer()


@app.command()
def show(title: str = "Today") -> None:
    """Show a table."""
    table = Table("id", "task", "time spent", title=title)
    for row in (("1", "write docs", "0:45:00"), ("2", "review", "1:10:00"), ("3", "plan", "0:20:00")):
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    app()
