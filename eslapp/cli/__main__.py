"""``python -m eslapp.cli``: the ``zongji`` command."""

from eslapp.cli import main

main(prog_name="zongji")
