"""What does `python -m thermopkg` do? The same as the command."""

from thermopkg.cli import main

main()
